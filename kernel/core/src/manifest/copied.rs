//! A label that goes with values into another column, as it is remembered.
//! Knows nothing of statements.

use super::Label;

/// Stands for every column of a table, where it is not certain which one a value went into.
pub const EVERY_COLUMN: &str = "*";

/// A label that a column carries since values under it were copied, or the column itself was moved, there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copied {
    /// The system.
    pub server: String,
    /// The table, ASCII-lower-case.
    pub table: String,
    /// The column, ASCII-lower-case, or [`EVERY_COLUMN`].
    pub column: String,
    /// The label.
    pub label: Label,
    /// `table` and `column` under which it stood before, where a statement gave it another name.
    pub moved_from: Option<(String, String)>,
}

impl Copied {
    /// A label that was copied into a column.
    #[must_use]
    pub fn new(server: &str, table: &str, column: &str, label: Label) -> Self {
        Self {
            server: server.to_owned(),
            table: table.to_ascii_lowercase(),
            column: column.to_ascii_lowercase(),
            label,
            moved_from: None,
        }
    }

    /// The same, where the column was only given another name.
    #[must_use]
    pub fn moved_from(mut self, table: &str, column: &str) -> Self {
        self.moved_from = Some((table.to_ascii_lowercase(), column.to_ascii_lowercase()));
        self
    }
}
