//! Names as written and as compared.
//! Knows nothing of what they name.

/// One identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// As written, without quotes.
    pub(crate) text: String,
    /// Folded as the engine folds it.
    pub(crate) key: String,
}

/// One to three identifiers: `[schema.]table` or `[[schema.]table.]column`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(pub(crate) Vec<Name>);
