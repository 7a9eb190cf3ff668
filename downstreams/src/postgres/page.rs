//! A result as clients read it: its columns, its rows as objects, and where it was cut.
//! Knows nothing of engines.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The rows of a result as far as they were taken.
pub(super) struct Taken {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Value>,
    /// There was more.
    pub(super) truncated: bool,
}

/// Bytes of a value as JSON.
pub(super) fn length(value: &Value) -> u64 {
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
pub(super) fn unique(names: &[&str]) -> Vec<String> {
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
