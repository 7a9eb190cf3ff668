//! Names as both engines write them.
//! Knows nothing of statements.

/// An identifier that cannot be read as anything else.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
