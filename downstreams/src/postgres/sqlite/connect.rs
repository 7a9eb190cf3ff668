//! Opening SQLite handles: hardened, bounded, with a deadline.
//! Knows nothing of grants.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::error::classify;
use crate::bounds;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::quote::quoted;

/// What a handle is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// A handle whose `main` is the database.
pub(super) fn open(path: &Path, access: Access) -> Result<Connection, Failure> {
    let mode = match access {
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .and_then(|connection| harden(&connection).map(|()| connection))
        .map_err(|error| classify(&error))?;
    set_limit(&connection, Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    Ok(connection)
}

/// A read-only handle whose `main` is empty and where the database has a name that nobody can
/// guess. It exists for this handle alone, so a statement cannot say it: it sees what temporary
/// views show. (`main.customers` and `WITH customers AS (SELECT … FROM main.customers)` would
/// otherwise reach behind a view: SQLite reports the name of a CTE as the accessor.)
pub(super) fn open_behind_secret_name(path: &Path) -> Result<(Connection, String), Failure> {
    let opened = || -> rusqlite::Result<(Connection, String)> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(":memory:", flags)?;
        harden(&connection)?;
        // SQLite's generator is seeded by the system; 128 bits.
        let name: String =
            connection.query_row("SELECT 's' || lower(hex(randomblob(16)))", [], |row| {
                row.get(0)
            })?;
        let path = path.to_str().ok_or(rusqlite::Error::InvalidQuery)?;
        connection.execute(&format!("ATTACH ?1 AS {}", quoted(&name)), [path])?;
        Ok((connection, name))
    };
    let (connection, name) = opened().map_err(|error| classify(&error))?;
    // An attached database takes its mode from the handle; this is what everything rests on.
    if !connection.is_readonly(name.as_str()).unwrap_or(false) {
        return Err(PostgresCode::Internal.into());
    }
    set_limit(&connection, Limit::SQLITE_LIMIT_ATTACHED, 1)?;
    Ok((connection, name))
}

/// Modes and limits of every handle (<https://sqlite.org/security.html>).
fn harden(connection: &Connection) -> rusqlite::Result<()> {
    use DbConfig as Config;
    for (config, value) in [
        (Config::SQLITE_DBCONFIG_DEFENSIVE, true),
        (Config::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (Config::SQLITE_DBCONFIG_DQS_DML, false),
        (Config::SQLITE_DBCONFIG_DQS_DDL, false),
        (Config::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
        (Config::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false),
        (Config::SQLITE_DBCONFIG_ENABLE_FKEY, true),
    ] {
        if connection.set_db_config(config, value)? != value {
            return Err(rusqlite::Error::InvalidQuery);
        }
    }
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, bounds::VALUE_BYTES_MAX),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 256 * 1024),
        (Limit::SQLITE_LIMIT_COLUMN, 2_000),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 250),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
        (Limit::SQLITE_LIMIT_VDBE_OP, 250_000),
        (Limit::SQLITE_LIMIT_FUNCTION_ARG, 100),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 500),
        (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 1_000),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 20),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, most)?;
    }
    connection.pragma_update(None, "hard_heap_limit", bounds::HEAP_BYTES_MAX)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.busy_timeout(bounds::LOCK_WAIT)
}

/// Ends every statement of the handle when `time` is over.
pub(super) fn deadline(connection: &mut Connection, time: Duration) -> Result<(), Failure> {
    let start = Instant::now();
    connection
        .progress_handler(
            bounds::STEPS_PER_LOOK,
            Some(move || start.elapsed() >= time),
        )
        .map_err(|error| classify(&error))
}

/// Raises the longest value for work that the server itself does.
pub(super) fn allow_large_values(connection: &Connection) -> Result<(), Failure> {
    let most = i32::try_from(bounds::EXPORT_BYTES_MAX).unwrap_or(i32::MAX);
    set_limit(connection, Limit::SQLITE_LIMIT_LENGTH, most)
}

fn set_limit(connection: &Connection, limit: Limit, most: i32) -> Result<(), Failure> {
    connection
        .set_limit(limit, most)
        .map(|_before| ())
        .map_err(|error| classify(&error))
}
