//! `export_table`: the canonical text of a table, the same bytes for the same content.
//! Knows nothing of who hashes them.
//!
//! JSON Lines: first the array of column names, then one compact array for each row, each line ended
//! by `\n`. Rows stand in the order of the primary key, without one in the order of all columns,
//! compared as bytes. Values as in results: integers exactly, reals in their shortest exact form,
//! BLOBs as `{"base64": …}`.

use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Database;
use super::connect;
use super::error::classify;
use super::quote::quoted;
use super::schema::{self, Kind, Object};
use super::value::to_json;
use crate::bounds::{EXPORT_BYTES_MAX, EXPORT_TIME};
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;

/// A table as canonical text.
pub(super) struct Export {
    pub(super) text: String,
    pub(super) row_count: u64,
}

impl Export {
    /// SHA-256 of the text, in lower-case hex.
    pub(super) fn sha256(&self) -> String {
        use std::fmt::Write;
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(self.text.as_bytes()) {
            let _never_fails = write!(hex, "{byte:02x}");
        }
        hex
    }
}

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
        Ok(json!({
            "table": object.name,
            "row_count": export.row_count,
            "sha256": export.sha256(),
            "content": export.text,
        }))
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
    let mut text = Value::from(names).to_string();
    text.push('\n');
    let mut row_count = 0;
    let engine = |error: rusqlite::Error| classify(&error);
    let mut statement = connection.prepare(&sql).map_err(engine)?;
    let width = statement.column_count();
    let mut rows = statement.query([]).map_err(engine)?;
    while let Some(row) = rows.next().map_err(engine)? {
        let values = (0..width)
            .map(|place| row.get_ref(place).map(to_json))
            .collect::<rusqlite::Result<Vec<_>>>()
            .map_err(engine)?;
        text.push_str(&Value::from(values).to_string());
        text.push('\n');
        row_count += 1;
        if text.len() > EXPORT_BYTES_MAX {
            return Err(PostgresCode::TooLarge.into());
        }
    }
    Ok(Export { text, row_count })
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
