//! Reads what a system's data is: tables, labels, protected domains.
//! Knows nothing of tools.

use std::collections::BTreeMap;

use serde_spanned::Spanned;

use super::name;
use crate::capability::Capability;
use crate::manifest::{ANYWHERE, Catalog, Column, Constraint, Domain, Label, Table, constraint};
use crate::source::{Section, did_you_mean};

const LABEL: &str = "a label such as `pii.email`";

/// Areas of the kernel's own capabilities: data may not be called so.
const AREAS: [&str; 5] = ["db", "object", "net", "medallion", "sql"];

pub(super) fn catalog(root: &mut Section<'_>) -> Catalog {
    let mut catalog = Catalog::default();
    for mut section in root.sections("table") {
        let Some((table, at)) = table(&mut section) else {
            continue;
        };
        if catalog.table(&table.name).is_some() {
            let message = format!("table `{}` is declared twice", table.name);
            section.problem(at, message, "declare it once");
        }
        catalog.insert(table);
    }
    catalog
}

fn table(section: &mut Section<'_>) -> Option<(Table, std::ops::Range<usize>)> {
    section.require("name");
    let name = section.parsed("name", "a table's name", name::identifier);
    let columns = section.parsed_list("columns", "a column's name", name::identifier);
    let keys = section.parsed_list("key", "a column's name", name::identifier);
    let view = section.text("sql");
    let labels = section.pairs("labels");
    if columns.is_some() == view.is_some() {
        section.problem(
            name.as_ref().map_or(section.span(), Spanned::span),
            "a table has either `columns` or, as a view, `sql`",
            "give one of the two",
        );
    }
    let mut made: Vec<Column> = Vec::new();
    for column in columns.unwrap_or_default() {
        if made
            .iter()
            .any(|c| c.name.eq_ignore_ascii_case(column.get_ref()))
        {
            let message = format!("column `{}` is declared twice", column.get_ref());
            section.problem(column.span(), message, "declare it once");
        }
        made.push(Column::named(column.into_inner()));
    }
    for key in keys.unwrap_or_default() {
        if let Some(column) = column_mut(section, &mut made, &key) {
            column.key = true;
        }
    }
    for (key, word) in labels {
        let label = label(section, &word);
        if let Some(column) = column_mut(section, &mut made, &key) {
            column.label = label;
        }
    }
    let constraints = constraints(section, &mut made);
    let name = name?;
    let table = Table {
        name: name.get_ref().clone(),
        columns: made,
        view: view.map(Spanned::into_inner),
        constraints,
    };
    Some((table, name.span()))
}

/// What the table's rows must keep to, for the decisions of `aegis explain`; a running kernel reads it from the engine.
fn constraints(section: &mut Section<'_>, columns: &mut [Column]) -> Vec<Constraint> {
    let mut all = Vec::new();
    for (key, form) in constraint::WRITTEN {
        let entries = section.parsed_list(key, form, |text| Constraint::parse(key, text));
        for entry in entries.unwrap_or_default() {
            let span = entry.span();
            for column in entry.get_ref().columns() {
                column_mut(
                    section,
                    columns,
                    &Spanned::new(span.clone(), column.clone()),
                );
            }
            all.push(entry.into_inner());
        }
    }
    all
}

fn column_mut<'c>(
    section: &Section<'_>,
    columns: &'c mut [Column],
    key: &Spanned<String>,
) -> Option<&'c mut Column> {
    let at = columns
        .iter()
        .position(|c| c.name.eq_ignore_ascii_case(key.get_ref()));
    if at.is_none() {
        let message = format!("no column `{}` in this table", key.get_ref());
        let fix = did_you_mean(key.get_ref(), columns.iter().map(|c| c.name.as_str()));
        section.problem(key.span(), message, fix);
    }
    columns.get_mut(at?)
}

fn label(section: &Section<'_>, word: &Spanned<String>) -> Option<Label> {
    let label = Label::parse(word.get_ref()).filter(|label| {
        let area = label.area();
        !AREAS.contains(&area) && Capability::parse(&format!("{area}:filter")).is_some()
    });
    if label.is_none() {
        section.problem(
            word.span(),
            format!("`{}` is not {LABEL}", word.get_ref().escape_debug()),
            "use dotted lower-case words; the first is none of `db`, `object`, `net`, `medallion`",
        );
    }
    label
}

type Labels = BTreeMap<(String, String), (Label, bool)>;

/// `[label."table.column"]`. Where tables are declared, a label must lie on one of their columns: a
/// label with a typing error would leave the column unmasked.
pub(super) fn labels(root: &mut Section<'_>, catalog: &Catalog) -> Labels {
    let mut labels = Labels::new();
    for table in catalog.tables() {
        for column in &table.columns {
            if let Some(label) = &column.label {
                let key = (folded(&table.name), folded(&column.name));
                labels.insert(key, (label.clone(), false));
            }
        }
    }
    for (key, mut section) in root.named("label") {
        section.require("is");
        let word = section.text("is");
        let measure = section.flag("measure").unwrap_or(false);
        let label = word.as_ref().and_then(|word| label(&section, word));
        if let (true, Some(label), Some(word)) = (measure, &label, &word)
            && label.is_identifier()
        {
            section.problem(
                word.span(),
                format!("`{label}` names people, so it cannot be a measure"),
                "drop `measure`, or give quantities a label of an area of their own, such as `hr.salary`",
            );
        }
        let Some((table, column)) = place(&section, &key, catalog) else {
            continue;
        };
        if labels.contains_key(&(table.clone(), column.clone())) {
            let message = format!("`{}` is labelled twice", key.get_ref());
            section.problem(key.span(), message, "label it once");
        }
        if let Some(label) = label {
            labels.insert((table, column), (label, measure));
        }
    }
    labels
}

fn place(
    section: &Section<'_>,
    key: &Spanned<String>,
    catalog: &Catalog,
) -> Option<(String, String)> {
    let split = key.get_ref().rsplit_once('.');
    let Some((table, column)) =
        split.filter(|(t, c)| name::identifier(t).is_some() && name::identifier(c).is_some())
    else {
        section.problem(
            key.span(),
            format!("`{}` is not `table.column`", key.get_ref().escape_debug()),
            "write it as `[label.\"table.column\"]`, quotes included",
        );
        return None;
    };
    if !catalog.is_empty() {
        let known = catalog.table(table);
        let (message, fix) = match known {
            None => (
                Some(format!("no `[[table]]` named `{table}`")),
                did_you_mean(table, catalog.tables().map(|t| t.name.as_str())),
            ),
            Some(found) if found.view.is_none() && found.column(column).is_none() => (
                Some(format!("table `{table}` declares no column `{column}`")),
                did_you_mean(column, found.columns.iter().map(|c| c.name.as_str())),
            ),
            Some(_) => (None, String::new()),
        };
        if let Some(message) = message {
            section.problem(key.span(), message, fix);
            return None;
        }
    }
    Some((folded(table), folded(column)))
}

fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// `[domain.NAME]`: areas of the data that facts turn into `NAME:read` and `NAME:write`.
pub(super) fn domains(root: &mut Section<'_>) -> Vec<Domain> {
    let mut domains = Vec::new();
    for (key, mut section) in root.named("domain") {
        let fits = Capability::parse(&format!("{}:write", key.get_ref())).is_some()
            && !AREAS.contains(&key.get_ref().as_str());
        if !fits {
            section.problem(
                key.span(),
                format!("`{}` cannot name a domain", key.get_ref().escape_debug()),
                "use a lower-case word other than `db`, `object`, `net`, `medallion`",
            );
        }
        let tables = section.parsed_list("tables", "a table, or a prefix and `*`", table_pattern);
        let paths = section.parsed_list("paths", PATHS, path_pattern);
        if tables.is_none() && paths.is_none() {
            section.problem(
                key.span(),
                format!("domain `{}` protects nothing", key.get_ref()),
                "give `tables` or `paths`",
            );
        }
        let plain = |list: Option<Vec<Spanned<String>>>| {
            list.into_iter()
                .flatten()
                .map(Spanned::into_inner)
                .collect()
        };
        domains.push(Domain {
            name: key.into_inner(),
            tables: plain(tables),
            paths: plain(paths),
        });
    }
    domains
}

const PATHS: &str = "a normalised path prefix, or `**/NAME` for a component anywhere";

/// A prefix, letter by letter, or a component wherever it stands, `*` in it for any letters.
fn path_pattern(text: &str) -> Option<String> {
    let found = match text.strip_prefix(ANYWHERE) {
        Some(component) => !component.contains('/') && component.contains(|c| c != '*'),
        None => !text.contains('*'),
    };
    name::key(text).filter(|_| found)
}

fn table_pattern(text: &str) -> Option<String> {
    let stem = text.strip_suffix('*').unwrap_or(text);
    // `schema.*` protects a whole schema, so dots are allowed here.
    let fits = !stem.is_empty()
        && !stem.contains('*')
        && stem
            .split('.')
            .all(|part| part.is_empty() || name::identifier(part).is_some());
    fits.then(|| text.to_owned())
}
