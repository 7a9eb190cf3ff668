//! A result as clients read it: its columns, its rows as objects within their bounds, and where it was cut.
//! Knows nothing of engines.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::code::PostgresCode;
use super::grant::Grant;

/// The rows of a result as far as they were taken.
pub(super) struct Taken {
    columns: Vec<String>,
    rows: Vec<Value>,
    bytes: u64,
    /// There was more.
    truncated: bool,
}

impl Taken {
    /// Nothing yet of a result with these columns.
    pub(super) fn nothing(names: &[&str]) -> Self {
        Self {
            columns: unique(names),
            rows: Vec::new(),
            bytes: 0,
            truncated: false,
        }
    }

    /// The cells that are texts.
    pub(super) fn texts(&self) -> Vec<&str> {
        let rows = self.rows.iter().filter_map(Value::as_object);
        let cells = rows.flat_map(serde_json::Map::values);
        cells.filter_map(Value::as_str).collect()
    }

    /// Whether it is a result at all: a statement that only writes has no columns.
    pub(super) fn is_result(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Whether the next row may still be taken; where not, there was more.
    pub(super) fn has_room(&mut self, grant: &Grant) -> bool {
        let count = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
        self.truncated |= count >= grant.row_max;
        !self.truncated
    }

    /// Takes a row, one cell for each column; `false` where it was too much.
    ///
    /// # Errors
    /// Where the first row is too large for the answer: an empty page would say nothing.
    pub(super) fn push(
        &mut self,
        cells: impl Iterator<Item = Value>,
        grant: &Grant,
    ) -> Result<bool, PostgresCode> {
        let row = Value::Object(self.columns.iter().cloned().zip(cells).collect());
        self.bytes = self.bytes.saturating_add(length(&row));
        if self.bytes > grant.bytes_max {
            if self.rows.is_empty() {
                return Err(PostgresCode::TooLarge);
            }
            self.truncated = true;
            return Ok(false);
        }
        self.rows.push(row);
        Ok(true)
    }
}

/// Bytes of a value as JSON.
fn length(value: &Value) -> u64 {
    struct Count(u64);
    impl std::io::Write for Count {
        fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
            self.0 += piece.len() as u64;
            Ok(piece.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Writing to a counter cannot fail; if it did, the row would count as too large.
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        Err(_) => u64::MAX / 2,
    }
}

/// Rows are objects, so names must differ: the second `id` is `id_2`, unless that is taken.
fn unique(names: &[&str]) -> Vec<String> {
    let given: BTreeSet<&str> = names.iter().copied().collect();
    let mut used = BTreeSet::new();
    names
        .iter()
        .map(|name| {
            let mut candidate = (*name).to_owned();
            let mut number = 1;
            while !used.insert(candidate.clone()) {
                number += 1;
                candidate = format!("{name}_{number}");
                while given.contains(candidate.as_str()) {
                    number += 1;
                    candidate = format!("{name}_{number}");
                }
            }
            candidate
        })
        .collect()
}

/// The shape of a result.
pub(super) fn page(taken: Taken) -> Value {
    json!({
        "columns": taken.columns,
        "row_count": taken.rows.len(),
        "truncated": taken.truncated,
        "rows": taken.rows,
    })
}

/// What a statement that writes did, with the rows that it returned, where it returns any.
pub(super) fn written(rows_affected: u64, returned: Taken) -> Value {
    let mut answer = json!({ "rows_affected": rows_affected });
    if returned.is_result()
        && let Some(answer) = answer.as_object_mut()
        && let Value::Object(page) = page(returned)
    {
        answer.extend(page);
    }
    answer
}
