//! `publish_table`: one table takes over exactly the content that was named by its digest.
//! Knows nothing of why that content is the right one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Server;
use super::export::{export, find};
use super::fault::Fault;
use super::quote::place;
use super::schema::Object;
use super::wire::Wire;
use crate::blocking::CommitGate;
use crate::bounds::{EXPORT_TIME, LOCK_WAIT};
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::quote::quoted;
use crate::postgres::relation::Kind;

impl Server {
    /// In one transaction over one snapshot, with the target locked: exports `source`, compares its SHA-256 with the given
    /// one, lets `target` (made like `source` where it is absent) hold those rows alone, and checks that its own export is the
    /// same and that no other table changed. `{"table", "row_count", "sha256", "created"}`.
    pub(in crate::postgres) fn publish_table(
        &self,
        grant: &Arc<Grant>,
        (source, target, sha256): (&str, &str, &str),
        gate: &CommitGate,
    ) -> Result<Value, Failure> {
        let schema = self.location.schema.as_str();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let fits = !target.is_empty() && target.len() <= 63 && target.chars().all(plain);
        if !fits
            || target.to_ascii_lowercase().starts_with("pg_")
            || source.eq_ignore_ascii_case(target)
        {
            return Err(PostgresCode::BadArgument.into());
        }
        if !grant.reads.has(source) || !grant.writes.has(target) {
            return Err(PostgresCode::NotPermitted.into());
        }
        // Looked up beforehand: the lock has to come before the snapshot.
        let existing = self.within(LOCK_WAIT, "BEGIN READ ONLY", |wire| {
            match find(wire, schema, target) {
                Ok(object) => Ok(Some(object)),
                Err(Fault::Refused(failure)) if failure.code == PostgresCode::NoSuchTable => {
                    Ok(None)
                }
                Err(fault) => Err(fault),
            }
        })?;
        if existing
            .as_ref()
            .is_some_and(|object| object.kind != Kind::Table)
        {
            return Err(PostgresCode::BadArgument.into());
        }
        let lock = match &existing {
            Some(object) => format!(
                "; LOCK TABLE {} IN EXCLUSIVE MODE",
                place(schema, &object.name)
            ),
            None => String::new(),
        };
        let begin = format!("BEGIN READ WRITE ISOLATION LEVEL REPEATABLE READ{lock}");
        self.within(EXPORT_TIME, &begin, |wire| {
            let source = find(wire, schema, source)?;
            let exported = export(wire, schema, &source)?;
            if exported.sha256() != sha256 {
                return Err(PostgresCode::ContentChanged.into());
            }
            let created = existing.is_none();
            let before = super::execute::counts(wire)?;
            match &existing {
                Some(object) => {
                    wire.batch(&format!("DELETE FROM {}", place(schema, &object.name)))?
                }
                None => wire.batch(&creation(&source, schema, target))?,
            }
            fill(
                wire,
                schema,
                &source,
                existing.as_ref().map_or(target, |object| &object.name),
            )?;
            let target = find(wire, schema, target)?;
            // Other types, orders, defaults or triggers of the target may have made other content of it.
            let beside = super::execute::changed(wire, &before)?;
            let alone = beside
                .iter()
                .all(|(at, name, _)| at == schema && *name == target.name);
            if !alone || export(wire, schema, &target)? != exported {
                return Err(PostgresCode::Constraint.into());
            }
            super::execute::commit(wire, gate)?;
            Ok(json!({
                "table": target.name,
                "row_count": exported.row_count,
                "sha256": sha256,
                "created": created,
            }))
        })
    }
}

/// A table like `source`; a view's rows get a table of their own.
fn creation(source: &Object, schema: &str, target: &str) -> String {
    let (target, from) = (place(schema, target), place(schema, &source.name));
    match source.kind {
        Kind::View => format!("CREATE TABLE {target} AS SELECT * FROM {from} WITH NO DATA"),
        _ => format!("CREATE TABLE {target} (LIKE {from} INCLUDING ALL)"),
    }
}

fn fill(wire: &mut Wire, schema: &str, source: &Object, target: &str) -> Result<(), Fault> {
    let columns = source.columns.iter().filter(|column| !column.generated);
    let names: Vec<String> = columns.map(|column| quoted(&column.name)).collect();
    let names = names.join(", ");
    wire.batch(&format!(
        "INSERT INTO {} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM {}; SET CONSTRAINTS ALL IMMEDIATE",
        place(schema, target),
        place(schema, &source.name)
    ))
}
