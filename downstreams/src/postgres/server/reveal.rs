//! What the tokens in a result stand for, where the supervisor asked to know: found among the stored values, in the call's own transaction.
//! Knows nothing of who may see it. No function tells values while a statement runs: whoever could call one could try values with it.

use std::collections::BTreeSet;
use std::time::Instant;

use super::fault::Fault;
use super::location::Location;
use super::mask_sql::expression;
use super::quote::place;
use super::tags::Tags;
use super::veil::{KEYS, Veil};
use super::wire::Wire;
use crate::postgres::grant::Grant;
use crate::postgres::mask::Mask;
use crate::postgres::page::Taken;
use crate::postgres::quote::quoted;

/// Columns whose tokens may be told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    table: String,
    column: String,
    mask: Mask,
}

/// Those of one table.
pub(super) fn of(table: &str, tags: &Tags) -> Vec<Told> {
    let noted = tags.masks.iter().filter(|(_, mask)| mask.is_noted());
    let told = noted.map(|(column, mask)| Told {
        table: table.to_owned(),
        column: column.clone(),
        mask: mask.clone(),
    });
    told.collect()
}

/// Notes what tokens in whole cells stand for, as the login role and within the time that the call has left. What is not
/// found in time stays a token.
pub(super) fn note(
    wire: &mut Wire,
    location: &Location,
    grant: &Grant,
    veil: &Veil,
    (taken, begun): (&Taken, Instant),
) -> Result<(), Fault> {
    let cells = taken.texts();
    for told in &veil.told {
        let begins = format!("<{}:", told.mask.kind());
        let tokens: BTreeSet<&str> = cells
            .iter()
            .filter(|cell| cell.starts_with(&begins) && cell.ends_with('>'))
            .copied()
            .collect();
        let left = grant.time.saturating_sub(begun.elapsed()).as_millis();
        if tokens.is_empty() || left == 0 {
            continue;
        }
        wire.batch(&format!("RESET ROLE; SET LOCAL statement_timeout = {left}"))?;
        let token = expression(&told.mask, "t.v", &format!("pg_temp.{KEYS}"));
        let tokens: Vec<&str> = tokens.into_iter().collect();
        let found = wire.ask(
            &format!(
                "SELECT s.k, min(s.v) FROM (SELECT t.v, {token} AS k FROM (SELECT DISTINCT {}::text AS v FROM {}) AS t OFFSET 0) AS s \
                 WHERE s.k = ANY (string_to_array($1, E'\\x1e')) GROUP BY s.k",
                quoted(&told.column),
                place(&location.schema, &told.table),
            ),
            &[&tokens.join("\u{1e}")],
        )?;
        for row in found {
            if let [Some(token), Some(value)] = row.as_slice() {
                grant.revealed.note(token, value);
            }
        }
    }
    Ok(())
}
