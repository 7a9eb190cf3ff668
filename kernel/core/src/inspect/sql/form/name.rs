//! Names as written and as compared.
//! Knows nothing of what they name.

use super::Text;

/// One identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// As written, without quotes.
    pub(crate) text: Text<'static>,
    /// Folded as the engine folds it.
    pub(crate) key: Text<'static>,
}

/// One to three identifiers: `[schema.]table` or `[[schema.]table.]column`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(pub(crate) Vec<Name>);
