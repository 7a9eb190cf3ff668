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
//!
//! [[table]]
//! name = "v_contact"
//! sql  = "SELECT id, email FROM customers"             # a view, in place of columns
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde_spanned::Spanned;

use super::{Catalog, Column, Label, Table};

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
                format!("table `{}` stands here twice", table.name),
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
    } = entry.get_ref();
    if name.get_ref().is_empty() {
        return Err(CatalogFault::at(name, "a table needs a name"));
    }
    let mut table = Table {
        name: name.get_ref().clone(),
        columns: Vec::new(),
        view: sql.as_ref().map(|sql| sql.get_ref().clone()),
    };
    for column in columns.iter().flatten() {
        if column.get_ref().is_empty() || table.column(column.get_ref()).is_some() {
            let message = format!(
                "column `{}` is empty or stands here twice",
                column.get_ref()
            );
            return Err(CatalogFault::at(column, message));
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
        find(&mut table, column)?.label = Some(parsed);
    }
    for column in key {
        find(&mut table, column)?.key = true;
    }
    for column in measures {
        let found = find(&mut table, column)?;
        if found.label.is_none() {
            return Err(CatalogFault::at(column, "a measure is a labelled column"));
        }
        found.measure = true;
    }
    Ok(table)
}

fn find<'t>(table: &'t mut Table, name: &Spanned<String>) -> Result<&'t mut Column, CatalogFault> {
    table
        .columns
        .iter_mut()
        .find(|column| column.name.eq_ignore_ascii_case(name.get_ref()))
        .ok_or_else(|| {
            CatalogFault::at(
                name,
                format!("there is no column `{}` in this table", name.get_ref()),
            )
        })
}
