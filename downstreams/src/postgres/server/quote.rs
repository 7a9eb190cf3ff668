//! Names and texts as PostgreSQL writes them.
//! Knows nothing of statements.

/// An identifier that cannot be read as anything else.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text that cannot be read as anything else; `standard_conforming_strings` is on in every session.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
