//! Taking a result row by row within its bounds.
//! Knows nothing of who may see it.

use super::fault::Fault;
use super::sums::Sums;
use super::value::to_json;
use super::wire::{Field, Wire};
use crate::postgres::code::PostgresCode;
use crate::postgres::grant::Grant;
use crate::postgres::page::Taken;

/// Runs the prepared statement and takes rows until the end or a bound; with them the command's tag, where it came to
/// its end. What is sealed leaves as its mask.
pub(super) fn take(
    wire: &mut Wire,
    fields: &[Field],
    params: &[Option<String>],
    grant: &Grant,
    sums: Option<&Sums>,
) -> Result<(Taken, Option<String>), Fault> {
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let mut taken = Taken::nothing(&names);
    let tag = wire.run(params, |row| {
        if !taken.has_room(grant) {
            return Ok(false);
        }
        if row.len() != fields.len() {
            return Err(PostgresCode::Internal.into());
        }
        let cells = row.into_iter().zip(fields);
        let cells = cells.map(|(cell, field)| {
            let sealed = sums.and_then(|sums| sums.shown(cell.as_deref(), field));
            sealed.unwrap_or_else(|| to_json(cell, field.kind))
        });
        Ok(taken.push(cells, grant)?)
    })?;
    Ok((taken, tag))
}
