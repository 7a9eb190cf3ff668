//! Reads `[pins]`: which definition of each tool was approved.
//! Knows nothing of what a downstream says of its tools.

use std::collections::BTreeMap;

use serde_spanned::Spanned;

use super::Tool;
use crate::source::Section;

/// Tool → SHA-256 in lower-case hex.
pub(super) fn pins(
    root: &mut Section<'_>,
    tools: &BTreeMap<String, Tool>,
) -> BTreeMap<String, String> {
    let mut pins = BTreeMap::new();
    for (tool, digest) in root.pairs("pins") {
        if !tools.contains_key(tool.get_ref()) {
            let message = format!(
                "`{}` is pinned and not declared",
                tool.get_ref().escape_debug()
            );
            root.problem(tool.span(), message, "declare the tool, or remove its pin");
        }
        let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        if digest.get_ref().len() != 64 || !digest.get_ref().chars().all(hex) {
            root.problem(
                digest.span(),
                "a pin is not a SHA-256 of 64 lower-case hex digits",
                "use the digest that the kernel reports for the tool",
            );
        }
        pins.insert(tool.into_inner(), Spanned::into_inner(digest));
    }
    pins
}
