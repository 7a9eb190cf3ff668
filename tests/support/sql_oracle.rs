//! SQLite as the judge of what the kernel says about a statement.
//! Knows nothing of how the kernel came to say it.

use aegis_core::inspect::sql::{ColumnRef, Reading};
use rusqlite::Connection;

use crate::world;

/// The same world many times: once as it is, and once for each column with that column varied.
pub(crate) struct Oracle {
    base: Connection,
    varied: Vec<(ColumnRef, Connection)>,
}

impl Oracle {
    pub(crate) fn new() -> Self {
        let varied = world::VARIED.iter().map(|(table, column)| {
            let name = ColumnRef {
                table: (*table).to_owned(),
                column: (*column).to_owned(),
            };
            (name, world::build(Some((*table, *column))))
        });
        Self {
            base: world::build(None),
            varied: varied.collect(),
        }
    }

    /// Whether the engine runs the text at all.
    pub(crate) fn runs(&self, sql: &str) -> bool {
        world::rows(&self.base, sql).is_ok()
    }

    /// What the engine holds against the reading. A refused text is not run at all.
    pub(crate) fn judge(&self, sql: &str, reading: &Reading) -> Vec<String> {
        if reading.refusal.is_some() {
            return Vec::new();
        }
        if reading.writes.is_empty() {
            let mut problems: Vec<String> = unchanged(&self.base, sql).into_iter().collect();
            // What differs by chance or by the clock shows nothing about columns.
            let clock = ["now", "CURRENT_", "unixepoch()"]
                .iter()
                .any(|word| sql.contains(word));
            if !clock && world::rows(&self.base, sql) == world::rows(&self.base, sql) {
                problems.extend(self.lineage(sql, reading));
            }
            problems
        } else {
            destruction(sql, reading)
        }
    }

    /// Whatever changes with a column must be computed from it, or stand under a predicate on it.
    fn lineage(&self, sql: &str, reading: &Reading) -> Vec<String> {
        let mut problems = Vec::new();
        let base = world::rows(&self.base, sql);
        if let Ok(rows) = &base
            && rows
                .first()
                .is_some_and(|row| row.len() != reading.outputs.len())
        {
            problems.push(format!(
                "{} outputs were derived, {} came",
                reading.outputs.len(),
                rows[0].len()
            ));
        }
        for (column, db) in &self.varied {
            let varied = world::rows(db, sql);
            let under_predicate = reading.predicate_columns.contains(column);
            match (&base, &varied) {
                (Ok(base), Ok(varied)) if base.len() != varied.len() && !under_predicate => {
                    problems.push(format!(
                        "the number of rows changes with {column}, which is in no predicate"
                    ));
                }
                (Ok(base), Ok(varied)) => {
                    for (at, output) in reading.outputs.iter().enumerate() {
                        let cells = |rows: &[Vec<String>]| {
                            rows.iter()
                                .map(|row| row.get(at).cloned())
                                .collect::<Vec<_>>()
                        };
                        let known = under_predicate || output.sources.contains(column);
                        if !known && cells(base) != cells(varied) {
                            problems.push(format!(
                                "output {at} `{}` changes with {column}, which is no source of it",
                                output.name
                            ));
                        }
                    }
                }
                (Err(_), Err(_)) => {}
                (one, other) => {
                    let known = under_predicate
                        || reading
                            .outputs
                            .iter()
                            .any(|output| output.sources.contains(column));
                    if !known {
                        problems.push(format!("an error depends on {column}: {one:?} / {other:?}"));
                    }
                }
            }
        }
        problems.extend(self.labels(sql, reading));
        problems
    }

    /// Labels, not only sources: whatever changes with a labelled column carries its label, unless it is
    /// a count or the sum of a measure.
    fn labels(&self, sql: &str, reading: &Reading) -> Vec<String> {
        let mut problems = Vec::new();
        let Ok(base) = world::rows(&self.base, sql) else {
            return problems;
        };
        for (column, db) in &self.varied {
            let Some(label) = label(column) else { continue };
            let Ok(varied) = world::rows(db, sql) else {
                continue;
            };
            let predicate = reading
                .predicate_labels
                .iter()
                .any(|known| known.as_str() == label);
            for (at, output) in reading.outputs.iter().enumerate() {
                let cells = |rows: &[Vec<String>]| {
                    rows.iter()
                        .map(|row| row.get(at).cloned())
                        .collect::<Vec<_>>()
                };
                let carried = output
                    .labels
                    .iter()
                    .chain(&output.aggregated)
                    .any(|known| known.as_str() == label);
                if !predicate && !carried && cells(&base) != cells(&varied) {
                    problems.push(format!(
                        "output {at} `{}` changes with {column} and lacks {label}",
                        output.name
                    ));
                }
            }
        }
        problems
    }
}

fn label(column: &ColumnRef) -> Option<&'static str> {
    match (column.table.as_str(), column.column.as_str()) {
        ("customers", "name") => Some("pii.name"),
        ("customers" | "contacts", "email") => Some("pii.email"),
        ("customers", "phone") => Some("pii.phone"),
        ("customers", "ssn") => Some("pii.ssn"),
        ("customers", "notes") => Some("pii.text"),
        ("customers", "salary") => Some("pii.salary"),
        _ => None,
    }
}

/// A statement that is said not to write leaves the database as it was.
fn unchanged(db: &Connection, sql: &str) -> Option<String> {
    let before = world::picture(db);
    let _ = world::rows(db, sql);
    (world::picture(db) != before)
        .then(|| "said to write nothing, and changes the database".to_owned())
}

/// A write changes nothing beside what it is said to write, and what is not said to be destructive
/// leaves every table and column in place and most rows as they were.
fn destruction(sql: &str, reading: &Reading) -> Vec<String> {
    let db = world::build(None);
    let before = world::tables(&db);
    let rows_of = |table: &str| world::rows(&db, &format!("SELECT * FROM \"{table}\""));
    let old: Vec<_> = before.iter().map(|table| rows_of(table).unwrap()).collect();
    let _ = world::rows(&db, sql);
    let mut problems = Vec::new();
    for (table, old) in before.iter().zip(old) {
        let new = rows_of(table);
        let changed = new.as_ref() != Ok(&old);
        if changed && !reading.writes.contains(table) {
            problems.push(format!("changes `{table}`, which it is not said to write"));
        }
        let lost = match &new {
            Err(_) => true,
            Ok(new) => {
                let kept = |row: &Vec<String>| new.iter().any(|new| new.starts_with(row));
                let gone = old.iter().filter(|row| !kept(row)).count();
                let narrowed = new
                    .first()
                    .zip(old.first())
                    .is_some_and(|(new, old)| new.len() < old.len());
                narrowed || (!old.is_empty() && gone == old.len() && old.len() > 2)
            }
        };
        if lost && !reading.destructive() {
            problems.push(format!(
                "`{table}` loses its data, and the statement is not said to destroy"
            ));
        }
    }
    problems
}
