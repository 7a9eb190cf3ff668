//! Statements to try: each thing that facts can tell, done to each table of a catalogue in the plainest way.
//! Knows nothing of policies. What a statement does is read by the interceptors, never assumed here.

use std::collections::BTreeSet;

use crate::manifest::{Catalog, Column, Table};

/// Statements over these tables, over new tables of these names, with these functions.
pub(super) fn of(
    catalog: &Catalog,
    new_tables: &BTreeSet<String>,
    functions: &BTreeSet<String>,
) -> Vec<String> {
    let mut all = vec!["SELECT 1".to_owned()];
    for table in catalog.tables() {
        of_table(table, &mut all);
    }
    // What is labelled in one table, copied into another.
    let labelled = |table: &Table| table.columns.iter().find(|c| c.label.is_some()).cloned();
    for from in catalog.tables() {
        let Some(column) = labelled(from) else {
            continue;
        };
        for to in catalog.tables().filter(|to| to.name != from.name) {
            if let Some(into) = plain(to) {
                let (to, into) = (quoted(&to.name), quoted(&into.name));
                let (from, column) = (quoted(&from.name), quoted(&column.name));
                all.push(format!(
                    "INSERT INTO {to} ({into}) SELECT {column} FROM {from}"
                ));
            }
        }
    }
    for function in functions {
        all.push(format!("SELECT {function}('a')"));
        all.push(format!("SELECT {function}()"));
    }
    for name in new_tables {
        all.push(format!("CREATE TABLE {} (id INTEGER)", quoted(name)));
    }
    all
}

/// A column without a label that names no row.
fn plain(table: &Table) -> Option<&Column> {
    let mut columns = table.columns.iter();
    columns.find(|column| column.label.is_none() && !column.key)
}

fn of_table(table: &Table, all: &mut Vec<String>) {
    let name = quoted(&table.name);
    all.push(format!("DROP TABLE {name}"));
    if table.view.is_some() || table.columns.is_empty() {
        all.push(format!("SELECT * FROM {name}"));
        return;
    }
    let key = table.columns.iter().find(|column| column.key);
    let key = key
        .or_else(|| plain(table))
        .or_else(|| table.columns.first());
    let key = key.map_or_else(|| "id".to_owned(), |column| quoted(&column.name));
    all.extend([
        format!("SELECT {key} FROM {name}"),
        format!("DELETE FROM {name} WHERE {key} = 1"),
        format!("DELETE FROM {name}"),
        format!("TRUNCATE TABLE {name}"),
        format!(
            "ALTER TABLE {name} RENAME TO {}",
            quoted(&format!("{}_renamed", table.name))
        ),
    ]);
    if let Some(column) = plain(table) {
        let column = quoted(&column.name);
        all.extend([
            format!("INSERT INTO {name} ({column}) VALUES (1)"),
            format!("UPDATE {name} SET {column} = 1 WHERE {key} = 1"),
            format!("UPDATE {name} SET {column} = 1"),
            format!("ALTER TABLE {name} DROP COLUMN {column}"),
        ]);
    }
    for column in table.columns.iter().filter(|column| column.label.is_some()) {
        let labelled = quoted(&column.name);
        all.extend([
            format!("SELECT {labelled} FROM {name}"),
            format!("SELECT {key}, {labelled} FROM {name}"),
            format!("SELECT upper({labelled}) AS x FROM {name}"),
            format!("SELECT sum({labelled}) AS x FROM {name}"),
            format!("SELECT {key} FROM {name} WHERE {labelled} = 'a'"),
            format!("SELECT {key} FROM {name} WHERE {labelled} LIKE 'a%'"),
            format!("INSERT INTO {name} ({labelled}) VALUES ('a')"),
            format!("UPDATE {name} SET {labelled} = 'a' WHERE {key} = 1"),
        ]);
        if let Some(into) = plain(table) {
            let into = quoted(&into.name);
            all.push(format!(
                "UPDATE {name} SET {into} = {labelled} WHERE {key} = 1"
            ));
        }
    }
}

/// As both engines quote a name, where it is not a plain one.
fn quoted(name: &str) -> String {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit());
    match plain && !name.starts_with(|c: char| c.is_ascii_digit()) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}
