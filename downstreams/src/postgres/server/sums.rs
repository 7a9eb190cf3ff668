//! Sums of measures in one call: what the aggregates may tell, and what they told held against each other.
//! Knows nothing of statements. The aggregates are those of [`super::sums_script`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cells::Cells;
use super::fault::Fault;
use super::location::Location;
use super::seal_sql::{self, SEALS};
use super::sums_script::opening;
use super::value::BYTEA;
use super::wire::{Field, Wire};
use crate::postgres::code::PostgresCode;
use crate::postgres::grant::Measures;
use crate::postgres::mask::Mask;
use crate::postgres::measure::{Atoms, Behind, Terms, left_out};
use crate::postgres::quote::quoted;

/// The sums of one call.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    terms: Measures,
    schema: String,
    /// Masks of the sealed columns, by their numbers.
    masks: Vec<Mask>,
}

/// What the book says after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing that was let out gives away too few rows; so many sums were left out.
    Sound { suppressed: u64 },
    /// Some sums are barred now: run the statement again.
    Again,
    /// There are too many sums to tell.
    Overfull,
}

/// What the aggregates write, as temporary objects that only the login role may use.
const BOOK: &str = "CREATE TEMPORARY TABLE aegis_sums (at bigint, c text, name bytea, n bigint) ON COMMIT DROP; \
   CREATE TEMPORARY TABLE aegis_rows (at bigint, r bytea, w double precision) ON COMMIT DROP; \
   CREATE TEMPORARY TABLE aegis_barred (c text, name bytea) ON COMMIT DROP; \
   CREATE TEMPORARY SEQUENCE aegis_suppressed; CREATE TEMPORARY SEQUENCE aegis_overfull";

/// Whether the aggregates are those that this program knows, run as the login role, and cannot be called in part.
const READY: &str = "SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
   WHERE n.nspname = $1 AND p.proname = 'opened' AND p.prosrc = $2 AND pg_get_userbyid(p.proowner) = current_user \
   AND pg_get_userbyid(n.nspowner) = current_user AND p.prosecdef AND NOT has_function_privilege($3, p.oid, 'EXECUTE') \
   AND NOT has_schema_privilege($3, n.oid, 'CREATE')";

/// The same atoms as on the other engine: rows by the sums that they lie in.
const ATOMS: &str = "SELECT c, sums, count(*), max(w), sum(w) FROM \
   (SELECT s.c, r.r, string_agg(s.at::text, ',' ORDER BY s.at) AS sums, max(r.w) AS w FROM pg_temp.aegis_rows r JOIN pg_temp.aegis_sums s USING (at) \
   GROUP BY s.c, r.r) AS t GROUP BY c, sums ORDER BY c, sums";

impl Sums {
    /// Makes ready for sums on these terms: keys of the call, from the engine's own strong source, and an empty book.
    pub(super) fn begin(
        wire: &mut Wire,
        location: &Location,
        terms: Measures,
    ) -> Result<Self, Fault> {
        let schema = location.sums_schema();
        let wanted = [schema.as_str(), &opening(), &location.wall_role()];
        if wire.ask(READY, &wanted)?.is_empty() {
            return Err(PostgresCode::NotOnThisEngine.into());
        }
        wire.batch(BOOK)?;
        wire.ask(
            &format!(
                "CREATE TEMPORARY TABLE {SEALS} ON COMMIT DROP AS SELECT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) AS i, \
                 uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) AS o, $1::bigint AS rows_min, $2::bigint AS share_max"
            ),
            &[&terms.rows_min.to_string(), &terms.share_max.to_string()],
        )?;
        Ok(Self {
            terms,
            schema,
            masks: Vec::new(),
        })
    }

    /// The sealed form of one more column, for a view over the table `row`; `None` once there are too many.
    pub(super) fn seal(
        &mut self,
        row: &str,
        column: &str,
        domain: &str,
        mask: &Mask,
    ) -> Option<String> {
        let number = u16::try_from(self.masks.len()).ok()?;
        self.masks.push(mask.clone());
        let domain = format!("{}.{domain}", quoted(&self.schema));
        Some(seal_sql::expression(row, column, number, &domain))
    }

    /// From here on a statement finds the aggregates by their names. The engine's own come first; none takes what is sealed.
    pub(super) fn show(&self, wire: &mut Wire, schema: &str) -> Result<(), Fault> {
        wire.batch(&format!(
            "SET LOCAL search_path = {}, {}",
            quoted(schema),
            quoted(&self.schema)
        ))
    }

    /// A cell as it leaves: a sealed one as its mask.
    pub(super) fn shown(&self, cell: Option<&str>, field: &Field) -> Option<Value> {
        let number = cell
            .filter(|_| field.kind == BYTEA)
            .and_then(seal_sql::column)?;
        let mask = self.masks.get(usize::from(number))?;
        Some(mask.derived().apply(&[]).map_or(Value::Null, Value::from))
    }

    /// Judges the latest run, as the login role, and begins a new one.
    pub(super) fn close(&self, wire: &mut Wire) -> Result<Verdict, Fault> {
        let told = wire.ask(
            "SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END, o.is_called FROM pg_temp.aegis_suppressed s, pg_temp.aegis_overfull o",
            &[],
        )?;
        let mut told = Cells::of(
            told.into_iter()
                .next()
                .ok_or(Fault::from(PostgresCode::Internal))?,
        );
        let (last, is_overfull): (u64, bool) = (told.number()?, told.flag());
        if is_overfull {
            return Ok(Verdict::Overfull);
        }
        let barred = self.telling(wire)?;
        if barred.is_empty() {
            return Ok(Verdict::Sound { suppressed: last });
        }
        wire.batch(&format!(
            "INSERT INTO pg_temp.aegis_barred SELECT c, name FROM pg_temp.aegis_sums WHERE at IN ({}); \
             DELETE FROM pg_temp.aegis_rows; DELETE FROM pg_temp.aegis_sums; SELECT setval('pg_temp.aegis_suppressed', 1, false)",
            barred.join(", ")
        ))?;
        Ok(Verdict::Again)
    }

    /// The places of sums that tell too much together.
    fn telling(&self, wire: &mut Wire) -> Result<Vec<String>, Fault> {
        let terms = Terms {
            rows_min: self.terms.rows_min,
            share_max: self.terms.share_max,
        };
        let mut sizes: BTreeMap<u16, usize> = BTreeMap::new();
        for row in wire.ask("SELECT at, n FROM pg_temp.aegis_sums", &[])? {
            let mut row = Cells::of(row);
            sizes.insert(row.number()?, row.number()?);
        }
        let mut columns: BTreeMap<String, Atoms> = BTreeMap::new();
        for row in wire.ask(ATOMS, &[])? {
            let mut row = Cells::of(row);
            let (column, sums) = (row.text(), row.text());
            let sums: Result<Vec<u16>, _> = sums.split(',').map(str::parse).collect();
            let behind = Behind {
                rows: row.number()?,
                greatest: row.number()?,
                magnitude: row.number()?,
            };
            let sums = sums.map_err(|_| Fault::from(PostgresCode::Internal))?;
            columns.entry(column).or_default().insert(sums, behind);
        }
        let rows = |at: u16| sizes.get(&at).copied().unwrap_or(0);
        let barred = columns
            .into_values()
            .flat_map(|atoms| left_out(atoms, rows, terms));
        Ok(barred.map(|at| at.to_string()).collect())
    }

    /// The terms that held, for the supervisor.
    pub(super) fn report(&self, suppressed: u64) -> Value {
        json!({
            "rows_min": self.terms.rows_min,
            "share_max": self.terms.share_max,
            "suppressed": suppressed,
        })
    }
}
