//! A catalogue as a TOML file: tables, columns, keys, labels, measures, views.
//! Knows nothing of where the file lies.
//!
//! ```toml
//! [[table]]
//! name     = "customers"
//! columns  = ["id", "email", "salary"]
//! key      = ["id"]                                    # optional
//! labels   = { email = "pii.email", salary = "pii.salary" }  # optional
//! measures = ["salary"]                                # optional
//! unique   = ["email"]                                 # optional, beside the key: `country, number` is one of two columns
//! references = ["id -> accounts(id) cascade"]          # optional: foreign keys; `cascade` where rows follow
//! checks   = ["salary, id"]                            # optional: the columns of each condition
//!
//! [[table]]
//! name = "v_contact"
//! sql  = "SELECT id, email FROM customers"             # a view, in place of columns
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde_spanned::Spanned;

use super::{Catalog, Column, Constraint, Label, Table, constraint};
use crate::limits;

/// Why a catalogue file cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CatalogFault {
    /// What is wrong, lower case.
    pub message: String,
    /// Where, in bytes of the file.
    pub span: Range<usize>,
}

impl CatalogFault {
    fn at<T>(place: &Spanned<T>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span: place.span(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    table: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Spanned<String>,
    columns: Option<Vec<Spanned<String>>>,
    sql: Option<Spanned<String>>,
    #[serde(default)]
    key: Vec<Spanned<String>>,
    #[serde(default)]
    labels: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    measures: Vec<Spanned<String>>,
    #[serde(default)]
    unique: Vec<Spanned<String>>,
    #[serde(default)]
    references: Vec<Spanned<String>>,
    #[serde(default)]
    checks: Vec<Spanned<String>>,
}

/// Reads a catalogue file.
///
/// # Errors
/// The first thing that is wrong: TOML, unknown or duplicate keys, names without a column, labels of a wrong form.
pub fn parse(text: &str) -> Result<Catalog, CatalogFault> {
    let file: File = toml::from_str(text).map_err(|fault| CatalogFault {
        message: fault.message().to_owned(),
        span: fault.span().unwrap_or_default(),
    })?;
    let mut catalog = Catalog::default();
    for entry in &file.table {
        let table = table(entry)?;
        if catalog.table(&table.name).is_some() {
            let name = &entry.get_ref().name;
            return Err(CatalogFault::at(
                name,
                format!(
                    "table `{}` stands here twice: the case of letters does not tell names apart",
                    table.name
                ),
            ));
        }
        catalog.insert(table);
    }
    Ok(catalog)
}

fn table(entry: &Spanned<Entry>) -> Result<Table, CatalogFault> {
    let Entry {
        name,
        columns,
        sql,
        key,
        labels,
        measures,
        unique,
        references,
        checks,
    } = entry.get_ref();
    identifier("table", name)?;
    let mut table = Table {
        name: name.get_ref().clone(),
        columns: Vec::new(),
        view: sql.as_ref().map(|sql| sql.get_ref().clone()),
        constraints: Vec::new(),
    };
    for column in columns.iter().flatten() {
        identifier("column", column)?;
        if table.column(column.get_ref()).is_some() {
            return Err(twice(column));
        }
        table.columns.push(Column::named(column.get_ref()));
    }
    if table.columns.is_empty() && sql.is_none() {
        return Err(CatalogFault::at(
            entry,
            "a table needs `columns`, a view needs `sql`",
        ));
    }
    for (column, label) in labels {
        let parsed = Label::parse(label.get_ref()).ok_or_else(|| {
            CatalogFault::at(
                label,
                "a label is dotted lower-case words, e.g. `pii.email`",
            )
        })?;
        let found = find(&mut table, column)?;
        if found.label.is_some() {
            return Err(twice(column));
        }
        found.label = Some(parsed);
    }
    for column in key {
        let found = find(&mut table, column)?;
        if found.key {
            return Err(twice(column));
        }
        found.key = true;
    }
    for column in measures {
        let found = find(&mut table, column)?;
        if found.label.is_none() {
            return Err(CatalogFault::at(column, "a measure is a labelled column"));
        }
        if found.measure {
            return Err(twice(column));
        }
        found.measure = true;
    }
    for (written, entries) in constraint::WRITTEN.iter().zip([unique, references, checks]) {
        for entry in entries {
            let constraint = constrained(&mut table, *written, entry)?;
            table.constraints.push(constraint);
        }
    }
    Ok(table)
}

/// One rule of the table.
fn constrained(
    table: &mut Table,
    (key, form): (&str, &str),
    entry: &Spanned<String>,
) -> Result<Constraint, CatalogFault> {
    let constraint = Constraint::parse(key, entry.get_ref());
    let constraint =
        constraint.ok_or_else(|| CatalogFault::at(entry, format!("`{key}` takes {form}")))?;
    for column in constraint.columns() {
        find(table, &Spanned::new(entry.span(), column.clone()))?;
    }
    Ok(constraint)
}

/// A name as the engine holds it. What could not be said in a statement, or would be read as two names, is a mistake.
fn identifier(what: &str, name: &Spanned<String>) -> Result<(), CatalogFault> {
    let text = name.get_ref();
    let fault = |why: &str| {
        let shown = text.escape_debug();
        CatalogFault::at(name, format!("`{shown}` is no {what}'s name: {why}"))
    };
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if text.is_empty() || text.trim() != text {
        Err(fault("it is empty, or begins or ends in a space"))
    } else if text.contains(hidden) {
        Err(fault("it holds a character that cannot be seen"))
    } else if text.contains(['"', '`']) {
        Err(fault("write it without quotes"))
    } else if text.contains('.') {
        Err(fault("write it without its schema or table"))
    } else if text.len() > limits::SUBJECT_BYTES_MAX {
        Err(fault("it is too long"))
    } else {
        Ok(())
    }
}

fn twice(column: &Spanned<String>) -> CatalogFault {
    let name = column.get_ref().escape_debug();
    CatalogFault::at(
        column,
        format!("column `{name}` stands here twice: the case of letters does not tell names apart"),
    )
}

fn find<'t>(table: &'t mut Table, name: &Spanned<String>) -> Result<&'t mut Column, CatalogFault> {
    let view = table.view.is_some() && table.columns.is_empty();
    table
        .columns
        .iter_mut()
        .find(|column| column.name.eq_ignore_ascii_case(name.get_ref()))
        .ok_or_else(|| {
            let shown = name.get_ref().escape_debug();
            let message = match view {
                true => format!("the columns of a view follow from its text: say of `{shown}` what it is where it comes from"),
                false => format!("there is no column `{shown}` in this table"),
            };
            CatalogFault::at(name, message)
        })
}
