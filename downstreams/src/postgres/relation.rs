//! What a relation of a database is, and the list of those that may be seen.
//! Knows nothing of engines.

use serde_json::{Value, json};

use super::grant::Grant;

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    View,
    /// Something that is never served, see where an engine's schema is read.
    Other,
}

impl Kind {
    /// As clients read it; `None` for what is never served.
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            Self::Table => Some("table"),
            Self::View => Some("view"),
            Self::Other => None,
        }
    }
}

/// `{"tables": [{"name", "kind"}]}`: what the grant lets be read.
pub(super) fn list<'o>(grant: &Grant, relations: impl Iterator<Item = (&'o str, Kind)>) -> Value {
    let tables: Vec<Value> = relations
        .filter(|(name, _)| grant.reads.has(name))
        .filter_map(|(name, kind)| Some(json!({ "name": name, "kind": kind.word()? })))
        .collect();
    json!({ "tables": tables })
}
