//! What a database holds: its tables, views and columns.
//! Knows nothing of grants.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::error::classify;
use crate::postgres::code::Failure;
use crate::postgres::quote::quoted;
use crate::postgres::relation::Kind;

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
    /// Whether its definition names a default.
    pub(super) has_default: bool,
}

/// A table, view or other relation.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) name: String,
    /// [`Kind::Other`]: virtual tables and their shadows, which run code of their own.
    pub(super) kind: Kind,
    /// The stored text.
    pub(super) sql: String,
    /// Whether rows have no number of their own, only their primary key.
    pub(super) without_rowid: bool,
    /// Whether values of other types than the declared ones are refused.
    pub(super) strict: bool,
    /// In order; empty for views, see [`view_columns`].
    pub(super) columns: Vec<Column>,
}

impl Object {
    /// What tells the rows of a table apart, as SQL: the row's number or the primary key; `None` where every name
    /// of the number is taken by a column that is none.
    pub(super) fn row_key(&self) -> Option<Vec<String>> {
        if self.without_rowid {
            let keys = self.columns.iter().filter(|column| column.key_place > 0);
            return Some(keys.map(|column| quoted(&column.name)).collect());
        }
        let taken = |name: &str| {
            let mut columns = self.columns.iter();
            columns.any(|column| column.name.eq_ignore_ascii_case(name))
        };
        let names = ["rowid", "_rowid_", "oid"];
        let free = names.into_iter().find(|name| !taken(name))?;
        Some(vec![free.to_owned()])
    }
}

/// All relations of the database `place` (`main`, or a secret name) but SQLite's own, by name.
pub(super) fn load(connection: &Connection, place: &str) -> Result<Vec<Object>, Failure> {
    read(connection, place).map_err(|error| classify(&error))
}

fn read(connection: &Connection, place: &str) -> rusqlite::Result<Vec<Object>> {
    let list = format!(
        "SELECT l.name, l.type, s.sql, l.wr, l.strict FROM pragma_table_list l \
         LEFT JOIN {}.sqlite_schema s ON s.name = l.name AND s.type IN ('table', 'view') \
         WHERE l.schema = ?1 AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY l.name",
        quoted(place)
    );
    let mut columns = columns(connection, place)?;
    let mut list = connection.prepare(&list)?;
    let mut rows = list.query([place])?;
    let mut objects = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        objects.push(Object {
            kind: match row.get::<_, String>(1)?.as_str() {
                "table" => Kind::Table,
                "view" => Kind::View,
                _ => Kind::Other,
            },
            sql: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
            without_rowid: row.get::<_, i64>(3)? != 0,
            strict: row.get::<_, i64>(4)? != 0,
            columns: columns.remove(&name).unwrap_or_default(),
            name,
        });
    }
    Ok(objects)
}

/// The columns of all tables at once: a pragma for each costs more than the rest of a call.
fn columns(
    connection: &Connection,
    place: &str,
) -> rusqlite::Result<BTreeMap<String, Vec<Column>>> {
    let mut all: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    let mut statement = connection.prepare(
        "SELECT l.name, x.name, x.type, x.\"notnull\", x.pk, x.hidden, x.dflt_value IS NOT NULL \
         FROM pragma_table_list l JOIN pragma_table_xinfo(l.name, l.schema) x \
         WHERE l.schema = ?1 AND l.type = 'table' ORDER BY l.name, x.cid",
    )?;
    let mut rows = statement.query([place])?;
    while let Some(row) = rows.next()? {
        all.entry(row.get(0)?).or_default().push(Column {
            name: row.get(1)?,
            declared_type: row.get(2)?,
            not_null: row.get::<_, i64>(3)? != 0,
            key_place: row.get(4)?,
            generated: matches!(row.get::<_, i64>(5)?, 2 | 3),
            has_default: row.get(6)?,
        });
    }
    Ok(all)
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
