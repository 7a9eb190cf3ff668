//! Stepping through a result within its bounds.
//! Knows nothing of who may see it.

use std::collections::BTreeSet;

use rusqlite::Statement;
use serde_json::{Map, Value};

use super::seals::Seals;
use crate::postgres::code::PostgresCode;
use crate::postgres::grant::Grant;

/// The rows of a result as far as they were taken.
pub(super) struct Taken {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Value>,
    /// There was more.
    pub(super) truncated: bool,
}

/// Why stepping ended early.
pub(super) enum Stop {
    Engine(rusqlite::Error),
    Refused(PostgresCode),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

/// Takes rows until the end or a bound. The statement has its parameters already.
///
/// What is sealed leaves as its mask.
pub(super) fn take(
    statement: &mut Statement<'_>,
    grant: &Grant,
    seals: &Seals,
) -> Result<Taken, Stop> {
    let columns = unique(&statement.column_names().collect::<Vec<_>>());
    let mut taken = Taken {
        columns,
        rows: Vec::new(),
        truncated: false,
    };
    let mut bytes = 0_u64;
    let mut count = 0_u64;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if count >= grant.row_max {
            taken.truncated = true;
            break;
        }
        let mut object = Map::new();
        for (place, name) in taken.columns.iter().enumerate() {
            object.insert(name.clone(), seals.shown(row.get_ref(place)?));
        }
        let object = Value::Object(object);
        bytes += length(&object);
        if bytes > grant.bytes_max {
            // One row that is too large for the answer is an error: an empty page would say nothing.
            if count == 0 {
                return Err(Stop::Refused(PostgresCode::TooLarge));
            }
            taken.truncated = true;
            break;
        }
        taken.rows.push(object);
        count += 1;
    }
    Ok(taken)
}

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
