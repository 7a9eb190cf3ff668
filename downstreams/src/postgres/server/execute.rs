//! `execute`: one writing statement in a transaction of its own.
//! Knows nothing of definitions, which it hands on, and nothing of reading beyond what the statement itself reads.
//!
//! The statement meets temporary views that a write passes through, column by column: its role may assign to every
//! column of a table that is granted for writing, and read those that are not masked. So WHERE, RETURNING, `SET x = email`,
//! upserts, USING and whole rows are the engine's own business, and so are triggers: they run as that role.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::cells::Cells;
use super::fault::Fault;
use super::judge::is_of_the_server;
use super::plan;
use super::schema::{self, Object};
use super::tags::Tags;
use super::wire::Wire;
use super::{Server, revision, rows, text, value};
use crate::blocking::CommitGate;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::page::written;
use crate::postgres::quote::quoted;
use crate::postgres::relation::Kind;

/// What a statement that writes rows begins with.
const WRITING: &[&str] = &["insert", "update", "delete", "merge", "with"];

/// What a definition begins with.
pub(super) const DEFINING: &[&str] = &["create", "alter", "drop"];

/// Schema, table, and how many rows were inserted, updated and deleted in it.
pub(super) type Change = (String, String, u64);

/// The same by schema and table.
pub(super) type Counts = BTreeMap<(String, String), u64>;

impl Server {
    /// Runs one statement that writes: `{"rows_affected"}` and, where it returns rows, those as in `query`; and the
    /// engine's report. All or nothing: any failure leaves the database as it was.
    pub(in crate::postgres) fn execute(
        &self,
        grant: &Arc<Grant>,
        sql: &str,
        params: Vec<Value>,
        gate: &CommitGate,
    ) -> Result<(Value, Value), Failure> {
        let word = text::first_word(sql)?;
        let params = value::bound(params)?;
        // Nothing is looked up on the way to a write.
        if grant.lookup.is_some() {
            return Err(PostgresCode::NotPermitted.into());
        }
        if DEFINING.contains(&word.as_str()) {
            return self.define(grant, sql, &word, &params, gate);
        }
        if !WRITING.contains(&word.as_str()) {
            return Err(text::refusal(&word).into());
        }
        self.within(grant.time, "BEGIN READ WRITE", |wire| {
            self.write(wire, grant, sql, &params, gate)
        })
    }

    fn write(
        &self,
        wire: &mut Wire,
        grant: &Grant,
        sql: &str,
        params: &[Option<String>],
        gate: &CommitGate,
    ) -> Result<(Value, Value), Fault> {
        let location = &self.location;
        let objects = schema::load(wire, &location.schema)?;
        if !grant.open {
            self.open_ways(wire, grant, &objects)?;
        }
        revision::check(wire, &location.schema, grant)?;
        let before = counts(wire)?;
        if !grant.open {
            self.behind_the_wall(wire)?;
        }
        let described = wire.prepare(sql)?;
        if described.parameters != params.len() {
            return Err(PostgresCode::BadArgument.into());
        }
        let plan = plan::of(wire, sql, params)?;
        if plan.writes.is_empty() {
            return Err(PostgresCode::BadStatement.into());
        }
        // A row that is written may be read on the way.
        let mut reads = self.names(
            wire,
            &plan.reads,
            &[&grant.reads, &grant.writes],
            grant.open,
        )?;
        reads.extend(plan.columns.iter().cloned());
        let mut writes = self.names(wire, &plan.writes, &[&grant.writes], grant.open)?;
        let refused = |name: &str| is_of_the_server(name) && !grant.open;
        if plan
            .functions
            .iter()
            .any(|name| !grant.functions.has(name) || refused(name))
        {
            return Err(PostgresCode::NotPermitted.into());
        }
        let fields = described.fields.unwrap_or_default();
        let (taken, tag) = rows::take(wire, &fields, params, grant, None)?;
        // What is put off to the end of the transaction happens now, as the statement's own role.
        wire.batch("SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE")?;
        let changes = changed(wire, &before)?;
        let count = changes.iter().map(|(_, _, rows)| rows).sum();
        let touched = changes
            .into_iter()
            .map(|(schema, name, _)| (schema, name))
            .collect();
        writes.extend(self.names(wire, &touched, &[&grant.writes], grant.open)?);
        if count > grant.changes_max {
            return Err(Failure {
                code: PostgresCode::TooManyRows,
                rows: Some(count),
            }
            .into());
        }
        commit(wire, gate)?;
        let report = json!({ "reads": reads, "writes": writes, "functions": plan.functions });
        Ok((written(affected(tag.as_deref()), taken), report))
    }

    /// Lays the views through which a statement writes and reads, and gives its role what the grant says, column by
    /// column.
    pub(super) fn open_ways(
        &self,
        wire: &mut Wire,
        grant: &Grant,
        objects: &[Object],
    ) -> Result<(), Fault> {
        let schema = quoted(&self.location.schema);
        let role = quoted(&self.location.wall_role());
        let mut script = String::new();
        for object in objects.iter().filter(|object| object.kind == Kind::Table) {
            let (read, written) = (
                grant.reads.has(&object.name),
                grant.writes.has(&object.name),
            );
            if !(read || written) {
                continue;
            }
            let tags = Tags::of(grant, object);
            let name = quoted(&object.name);
            let columns: Vec<String> = object
                .columns
                .iter()
                .map(|column| quoted(&column.name))
                .collect();
            if columns.is_empty() {
                continue;
            }
            script.push_str(&format!(
                "CREATE TEMPORARY VIEW {name} AS SELECT {} FROM {schema}.{name};\n",
                columns.join(", ")
            ));
            if written {
                script.push_str(&format!(
                    "GRANT INSERT, UPDATE, DELETE ON pg_temp.{name} TO {role};\n"
                ));
            }
            let shown = object
                .columns
                .iter()
                .filter(|column| is_shown(grant, object, &tags, &column.name));
            let shown: Vec<String> = shown.map(|column| quoted(&column.name)).collect();
            if read && !shown.is_empty() {
                script.push_str(&format!(
                    "GRANT SELECT ({}) ON pg_temp.{name} TO {role};\n",
                    shown.join(", ")
                ));
            }
        }
        wire.batch(&script)
    }
}

/// Whether a write may read this column: it is not masked, or its label goes with the value.
fn is_shown(grant: &Grant, object: &Object, tags: &Tags, column: &str) -> bool {
    let key = format!("{}.{}", object.name, column);
    tags.sound() && (!tags.masks.contains_key(column) || grant.copied.has(&key))
}

/// What the engine counted since `before`, by table: the statement's own rows, those of cascades, and those of
/// triggers.
pub(super) fn changed(wire: &mut Wire, before: &Counts) -> Result<Vec<Change>, Fault> {
    let now = counts(wire)?;
    let changes = now.into_iter().filter_map(|((schema, name), rows)| {
        let was = before
            .get(&(schema.clone(), name.clone()))
            .copied()
            .unwrap_or(0);
        (rows > was).then_some((schema, name, rows - was))
    });
    Ok(changes.collect())
}

/// Rows that the engine counted, by table. What earlier transactions of the session changed stands here until
/// it is handed on, which never happens within a transaction: only what comes on top of it is this one's.
pub(super) fn counts(wire: &mut Wire) -> Result<Counts, Fault> {
    let rows = wire.ask(
        "SELECT schemaname, relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables \
         WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND schemaname !~ '^pg_temp'",
        &[],
    )?;
    let mut counts = Counts::new();
    for row in rows {
        let mut row = Cells::of(row);
        counts.insert((row.text(), row.text()), row.number()?);
    }
    Ok(counts)
}

/// Commits, unless the caller was told already that nothing happened. From here a lost connection leaves open what did.
pub(super) fn commit(wire: &mut Wire, gate: &CommitGate) -> Result<(), Fault> {
    if !gate.enter() {
        return Err(PostgresCode::Timeout.into());
    }
    wire.batch("COMMIT").map_err(|fault| match fault {
        Fault::Late => Fault::Lost,
        other => other,
    })
}

/// The number at the end of a command's tag, e.g. `INSERT 0 3`.
fn affected(tag: Option<&str>) -> u64 {
    let last = tag.and_then(|tag| tag.rsplit(' ').next());
    last.and_then(|last| last.parse().ok()).unwrap_or(0)
}
