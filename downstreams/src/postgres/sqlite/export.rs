//! `export_table`: the canonical text of a table, the same bytes for the same content.
//! Knows nothing of who hashes them.
//!
//! Rows stand in the order of the primary key, without one in the order of all columns,
//! compared as bytes. Values as in results: integers exactly, reals in their shortest exact form,
//! BLOBs as `{"base64": …}`.

use rusqlite::Connection;
use serde_json::Value;

use super::Database;
use super::connect;
use super::error::classify;
use super::schema::{self, Object};
use super::value::to_json;
use crate::bounds::EXPORT_TIME;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::export::Export;
use crate::postgres::grant::Grant;
use crate::postgres::quote::quoted;
use crate::postgres::relation::Kind;

impl Database {
    /// `{"table", "row_count", "sha256", "content"}`.
    pub(in crate::postgres) fn export_table(
        &self,
        grant: &Grant,
        table: &str,
    ) -> Result<Value, Failure> {
        let mut connection = self.reader()?;
        connect::deadline(&mut connection, EXPORT_TIME)?;
        connect::allow_large_values(&connection)?;
        // One snapshot for the schema and the rows.
        connection
            .execute_batch("BEGIN")
            .map_err(|error| classify(&error))?;
        let object = find(&connection, table)?;
        if !grant.reads.has(&object.name) {
            return Err(PostgresCode::NotPermitted.into());
        }
        let export = export(&connection, &object)?;
        Ok(export.told(&object.name))
    }
}

/// The table or view of that name.
pub(super) fn find(connection: &Connection, table: &str) -> Result<Object, Failure> {
    schema::load(connection, "main")?
        .into_iter()
        .find(|object| object.kind != Kind::Other && object.name.eq_ignore_ascii_case(table))
        .ok_or_else(|| PostgresCode::NoSuchTable.into())
}

/// The columns that hold content of their own.
pub(super) fn columns(connection: &Connection, object: &Object) -> Result<Vec<String>, Failure> {
    match object.kind {
        Kind::View => schema::view_columns(connection, "main", &object.name)
            .ok_or_else(|| PostgresCode::BadStatement.into()),
        Kind::Table | Kind::Other => Ok(super::tags::names(&object.columns)),
    }
}

/// Writes the canonical text, within the bound.
pub(super) fn export(connection: &Connection, object: &Object) -> Result<Export, Failure> {
    let names = columns(connection, object)?;
    let select: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let sql = format!(
        "SELECT {} FROM main.{} ORDER BY {}",
        select.join(", "),
        quoted(&object.name),
        order(object, &names)
    );
    let mut export = Export::begin(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let engine = |error: rusqlite::Error| classify(&error);
    let mut statement = connection.prepare(&sql).map_err(engine)?;
    let width = statement.column_count();
    let mut rows = statement.query([]).map_err(engine)?;
    while let Some(row) = rows.next().map_err(engine)? {
        let values = (0..width)
            .map(|place| row.get_ref(place).map(to_json))
            .collect::<rusqlite::Result<Vec<_>>>()
            .map_err(engine)?;
        export.push(values)?;
    }
    Ok(export)
}

/// The primary key, then all columns: a key may hold NULLs, which do not differ in order. SQLite drops
/// what cannot matter behind a rowid.
fn order(object: &Object, names: &[String]) -> String {
    let mut key: Vec<_> = object
        .columns
        .iter()
        .filter(|column| column.key_place > 0)
        .collect();
    key.sort_by_key(|column| column.key_place);
    let key = key.iter().map(|column| &column.name);
    key.chain(names)
        .map(|name| format!("{} COLLATE BINARY", quoted(name)))
        .collect::<Vec<_>>()
        .join(", ")
}
