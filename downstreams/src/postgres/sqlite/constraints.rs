//! What the rows of a table must keep to, for whoever judges writes: unique keys, foreign keys, checks.
//! Knows nothing of grants, nor of what a check says: of a condition it tells the columns.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::schema::{Column, Object};
use super::stored_words::{after_word, words};

/// `{"unique": [columns], "plain"}`, `{"references": table, "columns", "to", "follows"}`, `{"check": [columns]}`.
/// An index that is partial or over expressions, and whatever looks at a computed column, names every column that may
/// be behind it and is not `plain`.
pub(super) fn of(
    connection: &Connection,
    object: &Object,
    all: &[Object],
) -> rusqlite::Result<Vec<Value>> {
    let mut found = unique(connection, object)?;
    found.extend(overwriting(object));
    found.extend(references(connection, object, all)?);
    found.extend(checks(object));
    Ok(found)
}

/// The columns that are NULL in a new row that leaves them out, or get a number of their own: they meet no other
/// row. A number that has to stand in another table is none.
pub(super) fn unfilled<'o>(object: &'o Object, rules: &[Value]) -> Vec<&'o str> {
    let refers = |column: &Column| {
        let named = |rule: &&Value| {
            let columns = rule.get("columns").and_then(Value::as_array);
            columns.is_some_and(|columns| columns.iter().any(|name| *name == *column.name))
        };
        column.key_place > 0 && rules.iter().any(|rule| named(&rule))
    };
    let columns = object.columns.iter();
    columns
        .filter(|column| !column.has_default && !column.generated && !refers(column))
        .map(|column| column.name.as_str())
        .collect()
}

fn unique(connection: &Connection, object: &Object) -> rusqlite::Result<Vec<Value>> {
    let mut indexes = connection.prepare(
        "SELECT l.name, l.partial, coalesce(s.sql, '') FROM pragma_index_list(?1) l \
         LEFT JOIN sqlite_schema s ON s.name = l.name AND s.type = 'index' WHERE l.\"unique\" ORDER BY l.name",
    )?;
    let mut keys =
        connection.prepare("SELECT name FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno")?;
    let mut rows = indexes.query([object.name.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, partial): (String, bool) = (row.get(0)?, row.get(1)?);
        let named = keys.query_map([name], |row| row.get::<_, Option<String>>(0))?;
        let named = named.collect::<rusqlite::Result<Vec<_>>>()?;
        let whole = !partial && named.iter().all(Option::is_some);
        let mut columns: Vec<String> = named.into_iter().flatten().collect();
        if !whole {
            let text: String = row.get(2)?;
            columns.extend(mentioned(object, &words(&text)));
        }
        let computed = is_computed(object, &columns);
        let columns = widened(object, columns);
        found.push(json!({ "unique": columns, "plain": whole && !computed }));
    }
    Ok(found)
}

/// A key whose definition says `ON CONFLICT REPLACE` lets a plain insert overwrite rows: no value is asked for alone.
fn overwriting(object: &Object) -> Option<Value> {
    let words = words(&object.sql);
    let follows = |(before, after): (&String, &String)| {
        before.eq_ignore_ascii_case("conflict") && after.eq_ignore_ascii_case("replace")
    };
    let all = object.columns.iter().map(|column| column.name.as_str());
    let says = words.iter().zip(words.iter().skip(1)).any(follows);
    says.then(|| json!({ "unique": all.collect::<Vec<_>>(), "plain": false }))
}

fn references(
    connection: &Connection,
    object: &Object,
    all: &[Object],
) -> rusqlite::Result<Vec<Value>> {
    let mut list = connection.prepare(
        "SELECT id, \"table\", \"from\", \"to\", \
           on_update NOT IN ('NO ACTION', 'RESTRICT') OR on_delete NOT IN ('NO ACTION', 'RESTRICT') FROM pragma_foreign_key_list(?1) ORDER BY id, seq",
    )?;
    let mut rows = list.query([object.name.as_str()])?;
    let mut found: Vec<ForeignKey> = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let table: String = row.get(1)?;
        let to: Option<String> = row.get(3)?;
        match found.last_mut().filter(|last| last.id == id) {
            Some(key) => {
                key.columns.push(row.get(2)?);
                key.to.extend(to);
            }
            None => found.push(ForeignKey {
                id,
                columns: vec![row.get(2)?],
                // Without columns the primary key is meant, all of it.
                to: to.map_or_else(|| primary_key(all, &table), |column| vec![column]),
                table,
                follows: row.get(4)?,
            }),
        }
    }
    let written = found.into_iter().map(|key| {
        let columns = widened(object, key.columns);
        json!({ "references": key.table, "columns": columns, "to": key.to, "follows": key.follows })
    });
    Ok(written.collect())
}

/// One foreign key, as its rows are read.
struct ForeignKey {
    id: i64,
    table: String,
    columns: Vec<String>,
    to: Vec<String>,
    follows: bool,
}

fn primary_key(all: &[Object], table: &str) -> Vec<String> {
    let object = all
        .iter()
        .find(|object| object.name.eq_ignore_ascii_case(table));
    let mut keys: Vec<&Column> = object
        .into_iter()
        .flat_map(|object| &object.columns)
        .filter(|column| column.key_place > 0)
        .collect();
    keys.sort_by_key(|column| column.key_place);
    keys.into_iter().map(|column| column.name.clone()).collect()
}

fn checks(object: &Object) -> Vec<Value> {
    let mut found: Vec<Vec<String>> = after_word(&object.sql, "check")
        .iter()
        .map(|condition| widened(object, mentioned(object, condition)))
        .collect();
    let own = object.columns.iter();
    let demanding = own.filter(|column| object.strict || (column.not_null && column.generated));
    found.extend(demanding.map(|column| widened(object, vec![column.name.clone()])));
    found
        .into_iter()
        .filter(|columns| !columns.is_empty())
        .map(|columns| json!({ "check": columns }))
        .collect()
}

/// The columns that some of these words name. A text in quotes may be a name to SQLite.
fn mentioned(object: &Object, words: &[String]) -> Vec<String> {
    let named = |column: &&Column| {
        words
            .iter()
            .any(|word| word.eq_ignore_ascii_case(&column.name))
    };
    let columns = object.columns.iter().filter(named);
    columns.map(|column| column.name.clone()).collect()
}

fn is_computed(object: &Object, columns: &[String]) -> bool {
    let mut generated = object.columns.iter().filter(|column| column.generated);
    generated.any(|column| columns.contains(&column.name))
}

/// A computed column stands for all that any computed column of the table is computed from.
fn widened(object: &Object, mut columns: Vec<String>) -> Vec<String> {
    if is_computed(object, &columns) {
        let behind = after_word(&object.sql, "as").concat();
        columns.extend(mentioned(object, &behind));
    }
    let mut once: Vec<String> = Vec::new();
    for column in columns {
        if !once.contains(&column) {
            once.push(column);
        }
    }
    once
}
