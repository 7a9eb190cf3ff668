//! `list_tables`, `describe_table` and `describe_catalog`: names and types, never rows.
//! Knows nothing of labels.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::Database;
use super::connect;
use super::constraints;
use super::error::classify;
use super::query::with_names;
use super::revision;
use super::schema::{self, Column, Object};
use crate::bounds::LOCK_WAIT;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::relation::{self, Kind};

impl Database {
    /// `{"tables": [{"name", "kind"}]}`; with a grant, what it lets be read.
    pub(in crate::postgres) fn list_tables(&self, grant: &Grant) -> Result<Value, Failure> {
        let (_, objects) = self.objects()?;
        let relations = objects
            .iter()
            .map(|object| (object.name.as_str(), object.kind));
        Ok(relation::list(grant, relations))
    }

    /// `{"table", "columns": [{"name", "type", "nullable", "key"}]}`. A view's columns have no type.
    pub(in crate::postgres) fn describe_table(
        &self,
        grant: &Grant,
        table: &str,
    ) -> Result<Value, Failure> {
        let (connection, objects) = self.objects()?;
        let object = objects
            .into_iter()
            .filter(|object| grant.reads.has(&object.name))
            .find(|object| object.name.eq_ignore_ascii_case(table))
            .ok_or(PostgresCode::NoSuchTable)?;
        let name = object.name.clone();
        let described = described(&connection, object)?.ok_or(PostgresCode::NoSuchTable)?;
        Ok(json!({ "table": name, "columns": described.get("columns") }))
    }

    /// `{"schema", "dialect", "tables": [{"name", "kind", "columns", "constraints", "unfilled", "sql"?}]}`: all tables and views; `unfilled` are
    /// the columns that agree with no other row in a new row that leaves them out, `sql` is the
    /// stored `CREATE VIEW` of a view, `schema` the name of this state of the schema for grants.
    pub(in crate::postgres) fn describe_catalog(&self) -> Result<Value, Failure> {
        let (connection, objects) = self.objects()?;
        let mut tables = Vec::new();
        for object in &objects {
            let Some(mut table) = described(&connection, object.clone())? else {
                continue;
            };
            let rules = constraints::of(&connection, object, &objects);
            let rules = rules.map_err(|error| classify(&error))?;
            let unfilled = constraints::unfilled(object, &rules);
            if let Some(table) = table.as_object_mut() {
                table.insert("constraints".to_owned(), rules.into());
                table.insert("unfilled".to_owned(), unfilled.into());
            }
            tables.push(table);
        }
        let schema = revision::of(&connection, "main")?;
        Ok(json!({ "schema": schema, "dialect": "sqlite", "tables": tables }))
    }

    fn objects(&self) -> Result<(Connection, Vec<Object>), Failure> {
        let mut connection = self.reader()?;
        connect::deadline(&mut connection, LOCK_WAIT.saturating_mul(2))?;
        // One snapshot for all that is told; it ends with the handle.
        connection
            .execute_batch("BEGIN")
            .map_err(|error| classify(&error))?;
        let objects = schema::load(&connection, "main")?;
        Ok((connection, objects))
    }
}

fn described(connection: &Connection, object: Object) -> Result<Option<Value>, Failure> {
    let Some(kind) = object.kind.word() else {
        return Ok(None);
    };
    let keys = keys(connection, &object).map_err(|error| classify(&error))?;
    let mut value = json!({ "name": object.name, "kind": kind });
    let Some(fields) = value.as_object_mut() else {
        return Ok(None);
    };
    if object.kind == Kind::View {
        fields.insert("sql".to_owned(), object.sql.as_str().into());
    }
    let columns: Vec<Value> = match object.kind {
        Kind::View => with_names(connection, "main", vec![object])
            .into_iter()
            .flat_map(|(_, names)| names)
            .map(|name| json!({ "name": name, "type": "", "nullable": true, "key": false }))
            .collect(),
        _ => object
            .columns
            .iter()
            .map(|column| {
                json!({
                    "name": column.name,
                    "type": column.declared_type,
                    "nullable": !column.not_null && column.key_place == 0,
                    "key": keys.contains(&column.name),
                })
            })
            .collect(),
    };
    fields.insert("columns".to_owned(), columns.into());
    Ok(Some(value))
}

/// Columns each of which alone names at most one row: the primary key where it is one column, and
/// `UNIQUE NOT NULL` columns. A part of a longer key does not count, since it scopes nothing.
fn keys(connection: &Connection, object: &Object) -> rusqlite::Result<BTreeSet<String>> {
    let mut keys = BTreeSet::new();
    let primary: Vec<&Column> = object
        .columns
        .iter()
        .filter(|column| column.key_place > 0)
        .collect();
    if let [only] = primary.as_slice() {
        keys.insert(only.name.clone());
    }
    let mut unique = connection.prepare(
        "SELECT min(i.name) FROM pragma_index_list(?1) l JOIN pragma_index_xinfo(l.name) i \
         WHERE l.\"unique\" AND NOT l.partial AND i.key \
         GROUP BY l.name HAVING count(*) = 1 AND min(i.cid) >= 0",
    )?;
    let names = unique.query_map([object.name.as_str()], |row| row.get::<_, String>(0))?;
    for name in names {
        let name = name?;
        if object
            .columns
            .iter()
            .any(|column| column.name == name && column.not_null)
        {
            keys.insert(name);
        }
    }
    Ok(keys)
}
