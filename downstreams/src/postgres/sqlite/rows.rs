//! Stepping through a result within its bounds.
//! Knows nothing of who may see it.

use rusqlite::Statement;
use serde_json::{Map, Value};

use super::seals::Seals;
use crate::postgres::code::PostgresCode;
use crate::postgres::grant::Grant;
use crate::postgres::page::{Taken, length, unique};

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
