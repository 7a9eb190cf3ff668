//! Taking a result row by row within its bounds.
//! Knows nothing of who may see it.

use serde_json::{Map, Value};

use super::fault::Fault;
use super::value::to_json;
use super::wire::{Field, Wire};
use crate::postgres::code::PostgresCode;
use crate::postgres::grant::Grant;
use crate::postgres::page::{Taken, length, unique};

/// Runs the prepared statement and takes rows until the end or a bound; with them the command's tag, where it came to
/// its end.
pub(super) fn take(
    wire: &mut Wire,
    fields: &[Field],
    params: &[Option<String>],
    grant: &Grant,
) -> Result<(Taken, Option<String>), Fault> {
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let columns = unique(&names);
    let mut taken = Taken {
        columns: columns.clone(),
        rows: Vec::new(),
        truncated: false,
    };
    let (mut bytes, mut count) = (0_u64, 0_u64);
    let tag = wire.run(params, |row| {
        if count >= grant.row_max {
            taken.truncated = true;
            return Ok(false);
        }
        if row.len() != columns.len() {
            return Err(PostgresCode::Internal.into());
        }
        let cells = row.into_iter().zip(fields);
        let cells = cells.map(|(cell, field)| to_json(cell, field.kind));
        let object = Value::Object(columns.iter().cloned().zip(cells).collect::<Map<_, _>>());
        bytes = bytes.saturating_add(length(&object));
        if bytes > grant.bytes_max {
            // One row that is too large for the answer is an error: an empty page would say nothing.
            if count == 0 {
                return Err(PostgresCode::TooLarge.into());
            }
            taken.truncated = true;
            return Ok(false);
        }
        taken.rows.push(object);
        count += 1;
        Ok(true)
    })?;
    Ok((taken, tag))
}
