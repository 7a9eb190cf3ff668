//! An answer to a question of our own about the engine's catalogue, read cell by cell.
//! Knows nothing of what was asked.

use std::str::FromStr;

use super::fault::Fault;
use super::wire::Row;
use crate::postgres::code::PostgresCode;

/// Lists of names come joined by this.
const BETWEEN: char = '\u{1e}';

/// A row that is read cell by cell.
pub(super) struct Cells(std::vec::IntoIter<Option<String>>);

impl Cells {
    pub(super) fn of(row: Row) -> Self {
        Self(row.into_iter())
    }

    pub(super) fn text(&mut self) -> String {
        self.0.next().flatten().unwrap_or_default()
    }

    /// A number of the engine's own.
    pub(super) fn number<T: FromStr>(&mut self) -> Result<T, Fault> {
        let number = self.text().parse();
        number.map_err(|_| PostgresCode::Internal.into())
    }

    pub(super) fn flag(&mut self) -> bool {
        self.text() == "t"
    }

    pub(super) fn list(&mut self) -> Vec<String> {
        let text = self.text();
        let names = text.split(BETWEEN).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    }
}
