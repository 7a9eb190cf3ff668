//! The one value by which a statement looks rows up, for the engine's wall.
//! Knows nothing of budgets.

use std::fmt;

use crate::json::Json;

/// A column and the value that it must have exactly.
#[derive(Clone, PartialEq, Eq)]
pub struct Sought {
    /// `table.column`
    pub column: String,
    /// A text or a number.
    pub value: Json,
}

/// The value is an argument's: never printed.
impl fmt::Debug for Sought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sought({})", self.column)
    }
}
