//! The few `PRAGMA` statements of SQLite that describe one table, where a manifest opens them.
//! Knows nothing of any other pragma: what is not exactly of this form is read as every statement is.

use std::collections::BTreeSet;

use super::{Family, Flow, Output, Reading, refusal as why};
use crate::limits;
use crate::manifest::Catalog;

/// The pragmas with the columns of their results (<https://sqlite.org/pragma.html>). They read the schema alone.
const FORMS: [(&str, &[&str]); 4] = [
    (
        "table_info",
        &["cid", "name", "type", "notnull", "dflt_value", "pk"],
    ),
    (
        "table_xinfo",
        &[
            "cid",
            "name",
            "type",
            "notnull",
            "dflt_value",
            "pk",
            "hidden",
        ],
    ),
    (
        "index_list",
        &["seq", "name", "unique", "origin", "partial"],
    ),
    (
        "foreign_key_list",
        &[
            "id",
            "seq",
            "table",
            "from",
            "to",
            "on_update",
            "on_delete",
            "match",
        ],
    ),
];

/// Reads `PRAGMA form(table)`; `None` where the text is anything else, of which a second statement or a comment is one.
pub(super) fn read(sql: &str, catalog: &Catalog) -> Option<Reading> {
    if sql.len() > limits::SQL_BYTES_MAX {
        return None;
    }
    let text = sql.trim_matches([' ', '\t', '\n', '\r']);
    let text = text.strip_suffix(';').unwrap_or(text).trim_end_matches(' ');
    let (word, rest) = text.split_at_checked(6)?;
    if !word.eq_ignore_ascii_case("pragma") || !rest.starts_with(' ') {
        return None;
    }
    let (form, name) = rest.trim_matches(' ').strip_suffix(')')?.split_once('(')?;
    let form = form.trim_end_matches(' ');
    let (form, columns) = FORMS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(form))?;
    let name = plain(name.trim_matches(' '))?;
    let mut reading = Reading {
        kinds: vec!["pragma".to_owned()],
        opened: BTreeSet::from([Family::Pragma]),
        outputs: columns.iter().map(|column| output(column)).collect(),
        pragma: Some((*form).to_owned()),
        ..Reading::default()
    };
    match catalog.table(name) {
        Some(table) => {
            reading.reads.insert(table.name.clone());
        }
        None => reading.refuse(why::UNKNOWN_TABLE),
    }
    Some(reading)
}

/// A bare or quoted name without any mark of its own.
fn plain(name: &str) -> Option<&str> {
    let inner = [('"', '"'), ('\'', '\'')]
        .into_iter()
        .find_map(|(open, close)| name.strip_prefix(open)?.strip_suffix(close));
    let word = |c: char| c.is_alphanumeric() || c == '_' || (c == ' ' && inner.is_some());
    let name = inner.unwrap_or(name);
    (!name.is_empty() && name.chars().all(word)).then_some(name)
}

fn output(name: &str) -> Output {
    Output {
        name: name.to_owned(),
        sources: BTreeSet::new(),
        labels: BTreeSet::new(),
        aggregated: BTreeSet::new(),
        bare: None,
        flow: Flow::Constant,
    }
}
