//! `publish_table`: one table takes over exactly the content that was named by its digest.
//! Knows nothing of why that content is the right one.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use serde_json::{Value, json};

use super::Database;
use super::connect::{self, Access};
use super::error::classify;
use super::export::{columns, export, find};
use super::quote::after_name;
use super::schema::Object;
use crate::blocking::CommitGate;
use crate::bounds::EXPORT_TIME;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::quote::quoted;
use crate::postgres::relation::Kind;

impl Database {
    /// In one immediate transaction: exports `source`, compares its SHA-256 with the given one, lets
    /// `target` (made like `source` where it is absent) hold those rows alone, and checks that its
    /// own export has the same digest. `{"table", "row_count", "sha256", "created"}`.
    pub(in crate::postgres) fn publish_table(
        &self,
        grant: &Arc<Grant>,
        (source, target, sha256): (&str, &str, &str),
        gate: &CommitGate,
    ) -> Result<Value, Failure> {
        if !acceptable(target) || source.eq_ignore_ascii_case(target) {
            return Err(PostgresCode::BadArgument.into());
        }
        if !grant.reads.has(source) || !grant.writes.has(target) {
            return Err(PostgresCode::NotPermitted.into());
        }
        let mut connection = connect::open(&self.path, Access::Write)?;
        connect::deadline(&mut connection, EXPORT_TIME)?;
        connect::allow_large_values(&connection)?;
        // Triggers would add to the content, cascades would delete elsewhere; references are checked
        // as a whole before the commit.
        for config in [
            DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
            DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY,
        ] {
            if connection.set_db_config(config, false).unwrap_or(true) {
                return Err(PostgresCode::Internal.into());
            }
        }
        run(&connection, "BEGIN IMMEDIATE")?;
        let source = find(&connection, source)?;
        let exported = export(&connection, &source)?;
        if exported.sha256() != sha256 {
            return Err(PostgresCode::ContentChanged.into());
        }
        let created = replace(&connection, &source, target)?;
        let target = find(&connection, target)?;
        // Other column types, orders or defaults of the target may have made other content of it.
        if export(&connection, &target)? != exported {
            return Err(PostgresCode::Constraint.into());
        }
        check_references(&connection, &target)?;
        if !gate.enter() {
            return Err(PostgresCode::Timeout.into());
        }
        run(&connection, "COMMIT")?;
        Ok(json!({
            "table": target.name,
            "row_count": exported.row_count,
            "sha256": sha256,
            "created": created,
        }))
    }
}

/// A name that is worth creating: SQLite keeps `sqlite_` for itself.
fn acceptable(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty()
        && name.len() <= 64
        && name.chars().all(plain)
        && !name.to_ascii_lowercase().starts_with("sqlite_")
}

fn run(connection: &Connection, sql: &str) -> Result<(), Failure> {
    connection
        .execute(sql, [])
        .map(|_| ())
        .map_err(|error| classify(&error))
}

/// Puts the rows of `source` in place of those of `target`; answers whether it had to be made.
fn replace(connection: &Connection, source: &Object, target: &str) -> Result<bool, Failure> {
    let created = match find(connection, target) {
        Ok(existing) if existing.kind == Kind::Table => {
            run(connection, &format!("DELETE FROM main.{}", quoted(target)))?;
            false
        }
        Ok(_) => return Err(PostgresCode::BadArgument.into()),
        Err(_) => {
            run(connection, &creation(source, target)?)?;
            true
        }
    };
    let generated: Vec<&str> = source
        .columns
        .iter()
        .filter(|column| column.generated)
        .map(|column| column.name.as_str())
        .collect();
    let names: Vec<String> = columns(connection, source)?
        .iter()
        .filter(|name| !generated.contains(&name.as_str()))
        .map(|name| quoted(name))
        .collect();
    let names = names.join(", ");
    let (target, source) = (quoted(target), quoted(&source.name));
    run(
        connection,
        &format!("INSERT INTO main.{target} ({names}) SELECT {names} FROM main.{source}"),
    )?;
    Ok(created)
}

/// The stored text of `source` with another name; a view's rows get a table of their own.
fn creation(source: &Object, target: &str) -> Result<String, Failure> {
    if source.kind == Kind::View {
        return Ok(format!(
            "CREATE TABLE main.{} AS SELECT * FROM main.{} WHERE 0",
            quoted(target),
            quoted(&source.name)
        ));
    }
    source
        .sql
        .strip_prefix("CREATE TABLE ")
        .and_then(after_name)
        .map(|rest| format!("CREATE TABLE main.{}{rest}", quoted(target)))
        .ok_or_else(|| PostgresCode::BadArgument.into())
}

/// Foreign keys from and to the target hold.
fn check_references(connection: &Connection, target: &Object) -> Result<(), Failure> {
    let broken = || -> rusqlite::Result<bool> {
        let mut check =
            connection.prepare("SELECT \"table\", parent FROM pragma_foreign_key_check")?;
        let mut rows = check.query([])?;
        while let Some(row) = rows.next()? {
            for place in 0..2 {
                if row
                    .get::<_, String>(place)?
                    .eq_ignore_ascii_case(&target.name)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    };
    match broken() {
        Ok(false) => Ok(()),
        Ok(true) => Err(PostgresCode::Constraint.into()),
        Err(error) => Err(classify(&error)),
    }
}
