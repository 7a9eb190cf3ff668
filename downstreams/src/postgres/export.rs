//! The canonical text of a table, the same bytes for the same content, whichever engine holds it.
//! Knows nothing of engines, nor of who compares it.
//!
//! JSON Lines: first the array of column names, then one compact array for each row, each line ended by `\n`.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::code::PostgresCode;
use crate::bounds::EXPORT_BYTES_MAX;

/// A table as canonical text, as far as it was written.
#[derive(PartialEq, Eq)]
pub(super) struct Export {
    text: String,
    pub(super) row_count: u64,
}

impl Export {
    /// The line of the names.
    pub(super) fn begin(names: &[&str]) -> Self {
        let mut text = Value::from(names).to_string();
        text.push('\n');
        Self { text, row_count: 0 }
    }

    /// The next row.
    ///
    /// # Errors
    /// Where the text grows past its bound.
    pub(super) fn push(&mut self, cells: Vec<Value>) -> Result<(), PostgresCode> {
        self.text.push_str(&Value::from(cells).to_string());
        self.text.push('\n');
        self.row_count += 1;
        match self.text.len() > EXPORT_BYTES_MAX {
            true => Err(PostgresCode::TooLarge),
            false => Ok(()),
        }
    }

    /// SHA-256 of the text, in lower-case hex.
    pub(super) fn sha256(&self) -> String {
        let digest = Sha256::digest(self.text.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// `{"table", "row_count", "sha256", "content"}`.
    pub(super) fn told(self, table: &str) -> Value {
        json!({
            "table": table,
            "row_count": self.row_count,
            "sha256": self.sha256(),
            "content": self.text,
        })
    }
}
