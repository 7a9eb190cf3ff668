//! The names that a manifest may give.
//! Knows nothing of what they name.

use serde_spanned::Spanned;

use crate::limits::NAME_BYTES_MAX;
use crate::source::Section;

/// What a lower-case name is, in words.
pub(super) const LOWER: &str =
    "a name of 1 to 64 of `a-z 0-9 _ -` without `__` and without `_` at its ends";
/// What a downstream's own name is, in words.
const FOREIGN: &str =
    "a name of 1 to 64 of `A-Z a-z 0-9 _ -` without `__` and without `_` at its ends";

/// A server's or dataset's name. `__` joins server and tool, so neither may hold it, nor end where the
/// joint would become ambiguous.
pub(super) fn lower(text: &str) -> Option<String> {
    let fits = foreign(text).is_some() && !text.contains(|c: char| c.is_ascii_uppercase());
    fits.then(|| text.to_owned())
}

/// The name of a tool, an argument or a field, as the downstream gives it; none is a problem of the file.
pub(super) fn given(section: &Section<'_>, key: &Spanned<String>, what: &str) -> Option<String> {
    let name = foreign(key.get_ref());
    if name.is_none() {
        let message = format!("`{}` is not {FOREIGN}", key.get_ref().escape_debug());
        section.problem(key.span(), message, format!("give {what} such a name"));
    }
    name
}

fn foreign(text: &str) -> Option<String> {
    let fits = !text.is_empty()
        && text.len() <= NAME_BYTES_MAX
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !text.contains("__")
        && !text.starts_with('_')
        && !text.ends_with('_');
    fits.then(|| text.to_owned())
}

/// A key of an object, or a prefix of keys, in the one spelling that the kernel uses: components
/// joined by one slash, none empty, `.` or `..`, printable ASCII alone.
pub(super) fn key(text: &str) -> Option<String> {
    let component = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part
                .chars()
                .all(|c| c.is_ascii_graphic() && c != '\\' && c != '%')
    };
    let fits = text.len() <= crate::limits::PATH_BYTES_MAX && text.split('/').all(component);
    fits.then(|| text.to_owned())
}

/// A table or column: what SQL calls an identifier, without dots or quotes.
pub(super) fn identifier(text: &str) -> Option<String> {
    let fits = !text.is_empty()
        && text.len() <= NAME_BYTES_MAX
        && !text.contains(|c: char| c.is_control() || matches!(c, '.' | '"' | '`' | '\'' | ';'));
    fits.then(|| text.to_owned())
}
