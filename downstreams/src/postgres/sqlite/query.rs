//! `query`: one read-only statement behind the wall.
//! Knows nothing of writing.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::types::Value as Bound;
use serde_json::Value;

use super::connect;
use super::error::classify;
use super::measure::Verdict;
use super::read_wall::ReadWall;
use super::rows::{self, Stop};
use super::schema::{self, Object};
use super::seals::Seals;
use super::seen::{Known, Notebook, Seen};
use super::tags::{self, Tags};
use super::{Database, revision, text, value, veil};
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::measure::RUNS_MAX;
use crate::postgres::page::{Taken, page};
use crate::postgres::relation::Kind;

impl Database {
    /// Runs one statement that reads: `{"columns", "rows", "row_count", "truncated"}`.
    pub(in crate::postgres) fn query(
        &self,
        grant: &Arc<Grant>,
        sql: &str,
        params: Vec<Value>,
    ) -> Result<(Value, Seen), Failure> {
        text::check(sql, grant)?;
        let params = value::bound(params)?;
        let (mut connection, notebook, seals) = self.behind_read_wall(grant, sql)?;
        let taken = counted(&connection, grant, sql, &params, &seals);
        seals.report(&mut notebook.open());
        let seen = notebook.open().clone();
        remove_wall(&mut connection);
        match taken {
            Ok(taken) => Ok((page(taken), seen)),
            // The engine's own words for a denial differ from place to place.
            Err(_) if seen.denied() => Err(PostgresCode::NotPermitted.into()),
            Err(Stop::Engine(error)) => Err(classify(&error)),
            Err(Stop::Refused(code)) => Err(code.into()),
        }
    }

    /// A handle on which only granted data can be named.
    fn behind_read_wall(
        &self,
        grant: &Arc<Grant>,
        sql: &str,
    ) -> Result<(Connection, Notebook, Seals), Failure> {
        let (mut connection, place) = if grant.hides() {
            self.settle()?;
            connect::open_behind_secret_name(&self.path)?
        } else {
            (self.reader()?, "main".to_owned())
        };
        connect::deadline(&mut connection, grant.time)?;
        // One snapshot for the schema and the statement: a table that another process makes in
        // between would stand before the veil. It ends with the handle.
        connection
            .execute_batch("BEGIN")
            .map_err(|error| classify(&error))?;
        revision::check(&connection, &place, grant)?;
        let objects = with_names(&connection, &place, schema::load(&connection, &place)?);
        let known = Known::new(objects.iter().map(|(object, _)| object));
        let tags = Tags::new(grant, objects.iter().map(|(o, names)| (o, names.clone())));
        let looked_up = tags.looked_up();
        if grant.lookup.is_some() && looked_up.is_none() {
            return Err(PostgresCode::NotPermitted.into());
        }
        let mask_prefix = format!("m{place}_");
        let mut seals = Seals::new(&connection, grant)?;
        let veiled = if grant.hides() {
            veil::raise(
                &connection,
                &place,
                &mask_prefix,
                grant,
                &objects,
                &tags,
                &mut seals,
            )?
        } else {
            Vec::new()
        };
        if sql.to_ascii_lowercase().contains("json_") {
            warm(&connection);
        }
        let notebook = Notebook::default();
        if let Some(place) = looked_up {
            notebook.open().look_up(place);
        }
        let wall = ReadWall {
            grant: Arc::clone(grant),
            place,
            known,
            tags,
            veiled,
            mask_prefix,
            notebook: notebook.clone(),
        };
        connection
            .authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| {
                wall.judge(&context)
            }))
            .map_err(|error| classify(&error))?;
        Ok((connection, notebook, seals))
    }
}

/// Runs the statement until what its sums tell together is sound. What was not is never taken.
fn counted(
    connection: &Connection,
    grant: &Grant,
    sql: &str,
    params: &[Bound],
    seals: &Seals,
) -> Result<Taken, Stop> {
    for _ in 0..RUNS_MAX {
        let taken = run(connection, grant, sql, params, seals)?;
        match seals.verdict() {
            Verdict::Sound => return Ok(taken),
            Verdict::Again => {}
            Verdict::Overfull => break,
        }
    }
    Err(Stop::Refused(PostgresCode::SmallGroups))
}

fn run(
    connection: &Connection,
    grant: &Grant,
    sql: &str,
    params: &[Bound],
    seals: &Seals,
) -> Result<Taken, Stop> {
    let mut statement = connection.prepare(sql)?;
    if statement.column_count() == 0 {
        return Err(Stop::Refused(PostgresCode::BadStatement));
    }
    if !statement.readonly() || statement.is_explain() != 0 {
        return Err(Stop::Refused(PostgresCode::NotPermitted));
    }
    bind(&mut statement, params)?;
    rows::take(&mut statement, grant, seals)
}

/// Binds all parameters, none missing and none to spare.
pub(super) fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Bound]) -> Result<(), Stop> {
    if statement.parameter_count() != params.len() {
        return Err(Stop::Refused(PostgresCode::BadArgument));
    }
    for (place, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(place + 1, param)?;
    }
    Ok(())
}

/// Every relation with the names of its columns; a view that no longer makes sense has none.
pub(super) fn with_names(
    connection: &Connection,
    place: &str,
    objects: Vec<Object>,
) -> Vec<(Object, Vec<String>)> {
    objects
        .into_iter()
        .map(|object| {
            let names = match object.kind {
                Kind::View => {
                    schema::view_columns(connection, place, &object.name).unwrap_or_default()
                }
                Kind::Table | Kind::Other => tags::names(&object.columns),
            };
            (object, names)
        })
        .collect()
}

/// A table-valued function declares itself at its first use on a handle, which the engine reports as
/// writes to its schema; done beforehand, the wall need not let such writes pass.
pub(super) fn warm(connection: &Connection) {
    let _declared = connection.prepare("SELECT 1 FROM json_each('[]'), json_tree('[]')");
}

/// The wall stands while a statement is prepared and stepped; it falls when the statement is gone.
pub(super) fn remove_wall(connection: &mut Connection) {
    type None_ = fn(rusqlite::hooks::AuthContext<'_>) -> rusqlite::hooks::Authorization;
    let _removed = connection.authorizer(None::<None_>);
}
