//! `list_tables`, `describe_table` and `describe_catalog`: names and types, never rows.
//! Knows nothing of labels.

use serde_json::{Value, json};

use super::constraints::{self, Rules};
use super::fault::Fault;
use super::schema::{self, Object};
use super::wire::Wire;
use super::{SNAPSHOT, Server, revision};
use crate::bounds::LOCK_WAIT;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::quote::quoted;
use crate::postgres::relation::{self, Kind};

impl Server {
    /// `{"tables": [{"name", "kind"}]}`; with a grant, what it lets be read.
    pub(in crate::postgres) fn list_tables(&self, grant: &Grant) -> Result<Value, Failure> {
        self.told(|wire| {
            let objects = schema::load(wire, &self.location.schema)?;
            let relations = objects
                .iter()
                .map(|object| (object.name.as_str(), object.kind));
            Ok(relation::list(grant, relations))
        })
    }

    /// `{"table", "columns": [{"name", "type", "nullable", "key"}]}`.
    pub(in crate::postgres) fn describe_table(
        &self,
        grant: &Grant,
        table: &str,
    ) -> Result<Value, Failure> {
        self.told(|wire| {
            let objects = schema::load(wire, &self.location.schema)?;
            let object = objects
                .iter()
                .filter(|object| grant.reads.has(&object.name) && object.kind != Kind::Other)
                .find(|object| object.name.eq_ignore_ascii_case(table))
                .ok_or(PostgresCode::NoSuchTable)?;
            let rules = constraints::load(wire, &self.location.schema)?;
            Ok(json!({ "table": object.name, "columns": columns(object, &rules) }))
        })
    }

    /// `{"schema", "dialect", "tables": [{"name", "kind", "columns", "constraints", "unfilled", "sql"?}]}`, as the other engine
    /// tells it.
    pub(in crate::postgres) fn describe_catalog(&self) -> Result<Value, Failure> {
        self.told(|wire| {
            let schema = &self.location.schema;
            let objects = schema::load(wire, schema)?;
            let rules = constraints::load(wire, schema)?;
            let mut tables = Vec::new();
            for object in &objects {
                let Some(kind) = object.kind.word() else {
                    continue;
                };
                let mut table = json!({
                    "name": object.name,
                    "kind": kind,
                    "columns": columns(object, &rules),
                    "constraints": rules.of(object),
                    "unfilled": rules.unfilled(object),
                });
                if object.kind == Kind::View
                    && let Some(table) = table.as_object_mut()
                {
                    table.insert("sql".to_owned(), Value::from(created(object)));
                }
                tables.push(table);
            }
            let revision = revision::of(wire, schema)?;
            Ok(json!({ "schema": revision, "dialect": "postgres", "tables": tables }))
        })
    }

    fn told<T>(&self, work: impl FnOnce(&mut Wire) -> Result<T, Fault>) -> Result<T, Failure> {
        self.within(LOCK_WAIT.saturating_mul(2), SNAPSHOT, work)
    }
}

/// A view as the statement that makes it.
fn created(view: &Object) -> String {
    let names: Vec<String> = view
        .columns
        .iter()
        .map(|column| quoted(&column.name))
        .collect();
    let body = view.sql.trim_end().trim_end_matches(';');
    format!(
        "CREATE VIEW {} ({}) AS {body}",
        quoted(&view.name),
        names.join(", ")
    )
}

fn columns(object: &Object, rules: &Rules) -> Vec<Value> {
    let keys = rules.keys(object);
    let columns = object.columns.iter();
    columns
        .map(|column| {
            json!({
                "name": column.name,
                "type": column.declared_type,
                "nullable": !column.not_null,
                "key": keys.contains(&column.name.as_str()),
            })
        })
        .collect()
}
