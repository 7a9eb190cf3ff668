//! `execute`: one writing statement in a transaction of its own.
//! Knows nothing of reading beyond what the statement itself reads.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::types::Value as Bound;
use serde_json::Value;

use super::connect::{self, Access};
use super::error::classify;
use super::query::{bind, remove_wall, warm, with_names};
use super::rows::{self, Stop};
use super::schema::{self, Object};
use super::seals::Seals;
use super::seen::{Known, Notebook, Seen};
use super::tags::Tags;
use super::write_wall::WriteWall;
use super::{Database, revision, text, value};
use crate::blocking::CommitGate;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::page::{Taken, written};

impl Database {
    /// Runs one statement that writes: `{"rows_affected"}` and, where it returns rows, those as in
    /// `query`. All or nothing: any failure leaves the database as it was.
    pub(in crate::postgres) fn execute(
        &self,
        grant: &Arc<Grant>,
        sql: &str,
        params: Vec<Value>,
        gate: &CommitGate,
    ) -> Result<(Value, Seen), Failure> {
        text::check(sql, grant)?;
        // Nothing is looked up on the way to a write.
        if grant.lookup.is_some() || (grant.hides() && text::may_join_by_name(sql)) {
            return Err(PostgresCode::NotPermitted.into());
        }
        let params = value::bound(params)?;
        let mut connection = connect::open(&self.path, Access::Write)?;
        connect::deadline(&mut connection, grant.time)?;
        if sql.to_ascii_lowercase().contains("json_") {
            warm(&connection);
        }
        connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|error| classify(&error))?;
        // From here every early return drops the handle, and with it the transaction.
        revision::check(&connection, "main", grant)?;
        let objects = schema::load(&connection, "main")?;
        let referential = foreign_keys(&connection, &objects).map_err(|error| classify(&error))?;
        if !referential.is_empty() {
            // What the statement itself reads is judged with foreign keys off; then what their
            // checks read, which is the engine's business, is let through.
            foreign_keys_on(&connection, false)?;
            let wall = self.wall(&connection, grant, objects.clone(), BTreeSet::new());
            behind(&mut connection, wall, |connection| {
                connection.prepare(sql).map(|_| ()).map_err(Stop::from)
            })?;
            foreign_keys_on(&connection, true)?;
        }
        let wall = self.wall(&connection, grant, objects, referential);
        let (done, seen) = behind(&mut connection, wall, |connection| {
            run(connection, grant, sql, &params)
        })?;
        if done.changes > grant.changes_max {
            return Err(Failure {
                code: PostgresCode::TooManyRows,
                rows: Some(done.changes),
            });
        }
        if !gate.enter() {
            return Err(PostgresCode::Timeout.into());
        }
        connection
            .execute_batch("COMMIT")
            .map_err(|error| classify(&error))?;
        Ok((done.into_json(), seen))
    }

    fn wall(
        &self,
        connection: &Connection,
        grant: &Arc<Grant>,
        objects: Vec<Object>,
        referential: BTreeSet<String>,
    ) -> WriteWall {
        let known = Known::new(objects.iter());
        let objects = with_names(connection, "main", objects);
        WriteWall {
            grant: Arc::clone(grant),
            known,
            tags: Tags::new(grant, objects.iter().map(|(o, names)| (o, names.clone()))),
            referential,
            notebook: Notebook::default(),
        }
    }
}

/// Does `work` while the wall stands.
fn behind<T>(
    connection: &mut Connection,
    wall: WriteWall,
    work: impl FnOnce(&Connection) -> Result<T, Stop>,
) -> Result<(T, Seen), Failure> {
    let notebook = wall.notebook.clone();
    connection
        .authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| {
            wall.judge(&context)
        }))
        .map_err(|error| classify(&error))?;
    let outcome = work(connection);
    let seen = notebook.open().clone();
    remove_wall(connection);
    match outcome {
        Ok(value) => Ok((value, seen)),
        Err(_) if seen.denied() => Err(PostgresCode::NotPermitted.into()),
        Err(Stop::Engine(error)) => Err(classify(&error)),
        Err(Stop::Refused(code)) => Err(code.into()),
    }
}

/// What a statement did.
struct Done {
    /// Rows that the statement changed itself.
    rows_affected: u64,
    /// Those and what triggers and foreign keys changed in turn.
    changes: u64,
    returned: Taken,
}

impl Done {
    fn into_json(self) -> Value {
        written(self.rows_affected, self.returned)
    }
}

fn run(connection: &Connection, grant: &Grant, sql: &str, params: &[Bound]) -> Result<Done, Stop> {
    let before = connection.total_changes();
    let mut statement = connection.prepare(sql)?;
    if statement.readonly() || statement.is_explain() != 0 {
        return Err(Stop::Refused(PostgresCode::BadStatement));
    }
    bind(&mut statement, params)?;
    // All changes are made before the first row returns, so taking fewer rows undoes none.
    let taken = rows::take(&mut statement, grant, &Seals::none())?;
    drop(statement);
    let changes = connection.total_changes().saturating_sub(before);
    Ok(Done {
        rows_affected: if changes == 0 {
            0
        } else {
            connection.changes()
        },
        changes,
        returned: taken,
    })
}

/// Both ends of every foreign key, as folded `table.column`.
fn foreign_keys(connection: &Connection, objects: &[Object]) -> rusqlite::Result<BTreeSet<String>> {
    let mut ends = BTreeSet::new();
    let mut list = connection
        .prepare("SELECT \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1)")?;
    let mut add = |table: &str, column: &str| {
        ends.insert(format!(
            "{}.{}",
            table.to_ascii_lowercase(),
            column.to_ascii_lowercase()
        ));
    };
    for object in objects {
        let mut rows = list.query([object.name.as_str()])?;
        while let Some(row) = rows.next()? {
            let parent: String = row.get(0)?;
            add(&object.name, &row.get::<_, String>(1)?);
            match row.get::<_, Option<String>>(2)? {
                Some(column) => add(&parent, &column),
                // Without a column the primary key is meant.
                None => objects
                    .iter()
                    .filter(|object| object.name.eq_ignore_ascii_case(&parent))
                    .flat_map(|object| &object.columns)
                    .filter(|column| column.key_place > 0)
                    .for_each(|column| add(&parent, &column.name)),
            }
        }
    }
    Ok(ends)
}

fn foreign_keys_on(connection: &Connection, on: bool) -> Result<(), Failure> {
    let now = connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, on)
        .map_err(|error| classify(&error))?;
    if now == on {
        Ok(())
    } else {
        Err(PostgresCode::Internal.into())
    }
}
