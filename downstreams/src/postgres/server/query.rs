//! `query`: one read-only statement behind the wall.
//! Knows nothing of writing.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::fault::Fault;
use super::judge::{is_of_masks, is_of_the_server};
use super::plan::{self, Plan};
use super::seal_sql::SEALS;
use super::sums::{Sums, Verdict};
use super::veil::{self, KEYS, Veil};
use super::wire::{Field, Wire};
use super::{Server, reveal, revision, rows, schema, text, value};
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::measure::RUNS_MAX;
use crate::postgres::page::{Taken, page};

/// What a statement that reads begins with. The protocol lets no second one follow, and the engine's plan says the rest.
const READING: &[&str] = &["select", "with", "values", "table"];

impl Server {
    /// Runs one statement that reads: `{"columns", "rows", "row_count", "truncated"}`, and the engine's report.
    pub(in crate::postgres) fn query(
        &self,
        grant: &Arc<Grant>,
        sql: &str,
        params: Vec<Value>,
    ) -> Result<(Value, Value), Failure> {
        let word = text::first_word(sql)?;
        if !READING.contains(&word.as_str()) {
            return Err(text::refusal(&word).into());
        }
        let params = value::bound(params)?;
        // No pragma is any here.
        if !grant.pragmas.is_none() {
            return Err(PostgresCode::NotOnThisEngine.into());
        }
        self.within(grant.time, "BEGIN READ WRITE", |wire| {
            self.behind_the_veil(wire, grant, sql, &params)
        })
    }

    fn behind_the_veil(
        &self,
        wire: &mut Wire,
        grant: &Grant,
        sql: &str,
        params: &[Option<String>],
    ) -> Result<(Value, Value), Fault> {
        let location = &self.location;
        let begun = Instant::now();
        let veil = match grant.hides() {
            true => {
                let objects = schema::load(wire, &location.schema)?;
                Some(veil::raise(wire, location, grant, &objects)?)
            }
            false => None,
        };
        // The views hold their tables against definitions now.
        revision::check(wire, &location.schema, grant)?;
        // From here nothing can be written, and there is no way back within the transaction.
        wire.batch("SET TRANSACTION READ ONLY")?;
        let sums = veil.as_ref().and_then(|veil| veil.sums.as_ref());
        if let Some(sums) = sums {
            sums.show(wire, &location.schema)?;
        }
        if veil.is_some() {
            self.behind_the_wall(wire)?;
        }
        let described = wire.prepare(sql)?;
        let fields = described.fields.ok_or(PostgresCode::BadStatement)?;
        if described.parameters != params.len() {
            return Err(PostgresCode::BadArgument.into());
        }
        let plan = plan::of(wire, sql, params)?;
        if !plan.writes.is_empty() {
            return Err(PostgresCode::NotPermitted.into());
        }
        let mut report = self.judged(wire, grant, &plan, veil.as_ref(), &fields)?;
        let taken = match sums {
            None => rows::take(wire, &fields, params, grant, None)?.0,
            Some(sums) => {
                let (taken, suppressed) = self.counted(wire, &fields, params, grant, sums)?;
                if let Some(report) = report.as_object_mut() {
                    report.insert("measures".to_owned(), sums.report(suppressed));
                }
                taken
            }
        };
        if let Some(veil) = &veil {
            // The rows are there; what a token stands for is asked for beside them, and may stay unknown.
            let _unknown = reveal::note(wire, location, grant, veil, (&taken, begun));
        }
        Ok((page(taken), report))
    }

    /// Runs the statement until what its sums tell together is sound, and how many were left out then. What was not is
    /// never given out.
    fn counted(
        &self,
        wire: &mut Wire,
        fields: &[Field],
        params: &[Option<String>],
        grant: &Grant,
        sums: &Sums,
    ) -> Result<(Taken, u64), Fault> {
        for _ in 0..RUNS_MAX {
            let (taken, _) = rows::take(wire, fields, params, grant, Some(sums))?;
            wire.batch("RESET ROLE")?;
            match sums.close(wire)? {
                Verdict::Sound { suppressed } => return Ok((taken, suppressed)),
                Verdict::Again => self.behind_the_wall(wire)?,
                Verdict::Overfull => break,
            }
        }
        Err(PostgresCode::SmallGroups.into())
    }

    /// Holds the plan against the grant, and tells the supervisor what it touches.
    fn judged(
        &self,
        wire: &mut Wire,
        grant: &Grant,
        plan: &Plan,
        veil: Option<&Veil>,
        fields: &[Field],
    ) -> Result<Value, Fault> {
        let mut reads = self.names(wire, &plan.reads, &[&grant.reads], grant.open)?;
        reads.extend(
            plan.columns
                .iter()
                .filter(|column| !of_the_wall(column))
                .cloned(),
        );
        let origins = fields.iter().filter_map(|field| {
            let (name, columns) = veil?.views.get(&field.table)?;
            let column = columns.get(usize::try_from(field.column).ok()?.checked_sub(1)?)?;
            Some(format!("{name}.{column}"))
        });
        reads.extend(origins);
        let functions = plan.functions.iter();
        let functions: Vec<&String> = functions
            .filter(|name| grant.masked.is_empty() || !is_of_masks(name))
            .collect();
        let refused = |name: &str| is_of_the_server(name) && !grant.open;
        if functions
            .iter()
            .any(|name| !grant.functions.has(name) || refused(name))
        {
            return Err(PostgresCode::NotPermitted.into());
        }
        let mut report = json!({ "reads": reads, "writes": [], "functions": functions });
        if let (Some(place), Some(report)) = (
            veil.and_then(|veil| veil.lookup.as_deref()),
            report.as_object_mut(),
        ) {
            report.insert("lookup".to_owned(), Value::from(place));
        }
        Ok(report)
    }
}

/// Whether a plan names this for the sake of a mask or seal alone: behind a view no statement names where a row lies.
fn of_the_wall(column: &str) -> bool {
    let (relation, name) = column.split_once('.').unwrap_or((column, ""));
    [KEYS, SEALS].contains(&relation) || ["ctid", "tableoid"].contains(&name)
}
