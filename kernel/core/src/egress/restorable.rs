//! Which types an argument may get back, in whatever words a manifest says so.
//! Knows nothing of values.

use std::collections::BTreeSet;

use super::type_of_label;
use crate::manifest::{Argument, Manifests};

/// Types whose tokens some argument of some tool may have exchanged for their values.
#[must_use]
pub fn restorable(manifests: &Manifests) -> BTreeSet<String> {
    let tools = manifests.tools();
    let arguments =
        tools.flat_map(|(_, _, tool)| tool.arguments.iter().map(types_of).collect::<Vec<_>>());
    arguments.flatten().collect()
}

/// The types that this argument restores.
pub(crate) fn types_of(argument: &Argument) -> BTreeSet<String> {
    let words = argument.masked.restores.iter();
    words
        .map(|word| {
            if word.starts_with(|c: char| c.is_ascii_uppercase()) {
                word.clone()
            } else {
                type_of_label(word)
            }
        })
        .collect()
}
