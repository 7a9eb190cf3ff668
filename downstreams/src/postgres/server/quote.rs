//! Places and texts as PostgreSQL writes them.
//! Knows nothing of statements.

use crate::postgres::quote::quoted;

/// A relation of a schema that cannot be read as anything else.
pub(super) fn place(schema: &str, name: &str) -> String {
    format!("{}.{}", quoted(schema), quoted(name))
}

/// A text that cannot be read as anything else; `standard_conforming_strings` is on in every session.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
