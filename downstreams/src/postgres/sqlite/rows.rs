//! Stepping through a result within its bounds.
//! Knows nothing of who may see it.

use rusqlite::Statement;

use super::seals::Seals;
use crate::postgres::code::PostgresCode;
use crate::postgres::grant::Grant;
use crate::postgres::page::Taken;

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
    let mut taken = Taken::nothing(&statement.column_names().collect::<Vec<_>>());
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if !taken.has_room(grant) {
            break;
        }
        let cells = (0..width).map(|place| row.get_ref(place).map(|value| seals.shown(value)));
        let cells = cells.collect::<rusqlite::Result<Vec<_>>>()?;
        if !taken
            .push(cells.into_iter(), grant)
            .map_err(Stop::Refused)?
        {
            break;
        }
    }
    Ok(taken)
}
