//! The name of one state of a database's schema: what a grant was made for, and what it is held against.
//! Knows nothing of rows.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::error::classify;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::quote::quoted;

/// SHA-256 over every object of the schema (tables, views, indexes, triggers: kind, name, table, text), in lower-case
/// hex. Not `PRAGMA schema_version`: whoever writes the file can set that number to what it was.
pub(super) fn of(connection: &Connection, place: &str) -> Result<String, Failure> {
    digest(connection, place).map_err(|error| classify(&error))
}

fn digest(connection: &Connection, place: &str) -> rusqlite::Result<String> {
    let sql = format!(
        "SELECT type, name, tbl_name, sql FROM {}.sqlite_schema ORDER BY type, name",
        quoted(place)
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut hash = Sha256::new();
    while let Some(row) = rows.next()? {
        for at in 0..4 {
            // A text or NULL; each with its length, so that no two schemas are the same bytes.
            let text = row.get_ref(at)?.as_str_or_null()?.unwrap_or("\0");
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text.as_bytes());
        }
    }
    let hex = |byte: &u8| format!("{byte:02x}");
    Ok(hash.finalize().iter().map(hex).collect())
}

/// Refuses where the grant was made for another schema. To be asked within the snapshot or transaction that the
/// statement runs in: the first look at the schema is what fixes it.
pub(super) fn check(connection: &Connection, place: &str, grant: &Grant) -> Result<(), Failure> {
    match &grant.schema {
        Some(meant) if *meant != of(connection, place)? => Err(PostgresCode::SchemaChanged.into()),
        _ => Ok(()),
    }
}
