//! What a database holds: its tables, views and columns.
//! Knows nothing of grants.

use rusqlite::Connection;

use super::error::classify;
use super::quote::quoted;
use crate::postgres::code::Failure;

/// What an object is. Virtual tables and their shadows run code of their own: they are never served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    View,
    Other,
}

/// One column of a table.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) declared_type: String,
    pub(super) not_null: bool,
    /// Place in the primary key, from 1; 0 where it is no part of it.
    pub(super) key_place: i64,
    /// Computed from other columns.
    pub(super) generated: bool,
}

/// A table, view or other relation.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The stored text.
    pub(super) sql: String,
    /// In order; empty for views, see [`view_columns`].
    pub(super) columns: Vec<Column>,
}

/// All relations of the database `place` (`main`, or a secret name) but SQLite's own, by name.
pub(super) fn load(connection: &Connection, place: &str) -> Result<Vec<Object>, Failure> {
    read(connection, place).map_err(|error| classify(&error))
}

fn read(connection: &Connection, place: &str) -> rusqlite::Result<Vec<Object>> {
    let list = format!(
        "SELECT l.name, l.type, s.sql FROM pragma_table_list l \
         LEFT JOIN {}.sqlite_schema s ON s.name = l.name AND s.type IN ('table', 'view') \
         WHERE l.schema = ?1 AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY l.name",
        quoted(place)
    );
    let mut list = connection.prepare(&list)?;
    let mut columns = connection.prepare(
        "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?1, ?2) ORDER BY cid",
    )?;
    let mut objects = Vec::new();
    let mut rows = list.query([place])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let kind = match row.get::<_, String>(1)?.as_str() {
            "table" => Kind::Table,
            "view" => Kind::View,
            _ => Kind::Other,
        };
        let columns = match kind {
            Kind::Table => columns
                .query_map([name.as_str(), place], |row| {
                    Ok(Column {
                        name: row.get(0)?,
                        declared_type: row.get(1)?,
                        not_null: row.get::<_, i64>(2)? != 0,
                        key_place: row.get(3)?,
                        generated: matches!(row.get::<_, i64>(4)?, 2 | 3),
                    })
                })?
                .collect::<rusqlite::Result<_>>()?,
            Kind::View | Kind::Other => Vec::new(),
        };
        objects.push(Object {
            name,
            kind,
            sql: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
            columns,
        });
    }
    Ok(objects)
}

/// The columns of a view; `None` where its text no longer makes sense.
pub(super) fn view_columns(
    connection: &Connection,
    place: &str,
    view: &str,
) -> Option<Vec<String>> {
    let sql = format!("SELECT * FROM {}.{}", quoted(place), quoted(view));
    let statement = connection.prepare(&sql).ok()?;
    Some(statement.column_names().map(str::to_owned).collect())
}
