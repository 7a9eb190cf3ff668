//! An engine as the judge of what the kernel says about a statement.
//! Knows nothing of how the kernel came to say it.

use std::collections::BTreeSet;

use aegis_core::inspect::sql::{ColumnRef, Reading};

use crate::engine::{Answer, Engine, Held, Picture};
use crate::world;

/// The same world many times: once as it is, and once for each column with that column varied.
pub(crate) struct Oracle<E> {
    base: E,
    varied: Vec<(ColumnRef, E)>,
}

impl<E: Engine> Oracle<E> {
    pub(crate) fn new(make: impl Fn(Option<(&'static str, &'static str)>) -> E) -> Self {
        let varied = world::VARIED.iter().map(|(table, column)| {
            let name = ColumnRef {
                table: (*table).to_owned(),
                column: (*column).to_owned(),
            };
            (name, make(Some((*table, *column))))
        });
        Self {
            base: make(None),
            varied: varied.collect(),
        }
    }

    /// Whether the engine runs the text at all; its complaint otherwise.
    pub(crate) fn runs(&self, sql: &str) -> Result<(), String> {
        self.base.answer(sql).map(drop)
    }

    /// What the engine holds against the reading, of refused texts too.
    pub(crate) fn judge(&self, sql: &str, reading: &Reading) -> Vec<String> {
        let mut problems = destruction(&self.base, sql, reading);
        problems.extend(self.judge_reading(sql, reading));
        problems
    }

    /// As `judge`, of an accepted text that is a query by its making: what it leaves behind is not looked at.
    pub(crate) fn judge_reading(&self, sql: &str, reading: &Reading) -> Vec<String> {
        let mut problems = Vec::new();
        if reading.refusal.is_some() {
            return problems;
        }
        // What differs by chance or by the clock shows nothing about columns.
        let base = self.base.answer(sql);
        if clock(sql) || base != self.base.answer(sql) {
            return problems;
        }
        problems.extend(self.lineage(sql, reading, &base));
        problems.extend(self.reads(sql, reading, &base));
        problems
    }

    /// As `judge`, of a write: a labelled column that shows in a table after it has been told to go there.
    #[allow(dead_code, reason = "not every test writes")]
    pub(crate) fn judge_write(&self, sql: &str, reading: &Reading) -> Vec<String> {
        let mut problems = self.judge(sql, reading);
        let (Ok(before), Ok(after)) = (self.base.left_by(NOTHING), self.base.left_by(sql)) else {
            return problems;
        };
        if reading.refusal.is_some() || clock(sql) || self.base.left_by(sql) != Ok(after.clone()) {
            return problems;
        }
        for (column, db) in &self.varied {
            let pictures = (db.left_by(NOTHING), db.left_by(sql));
            if label(column).is_some()
                && !reading.predicate_columns.contains(column)
                && let (Ok(old), Ok(new)) = pictures
            {
                problems.extend(copied((&before, &after), (&old, &new), column, reading));
            }
        }
        problems
    }

    /// Whatever changes with a column must be computed from it, or stand under a predicate on it; and
    /// what changes with a labelled column carries its label, unless it is a count or the sum of a measure.
    fn lineage(&self, sql: &str, reading: &Reading, base: &Result<Answer, String>) -> Vec<String> {
        let mut problems = Vec::new();
        if let Ok(answer) = base {
            let names: Vec<&String> = reading.outputs.iter().map(|output| &output.name).collect();
            // SQLite names a row's id after the key that it is, if it is one.
            let same = |(told, derived): (&String, &&String)| {
                told == *derived || matches!(derived.as_str(), "rowid" | "_rowid_" | "oid")
            };
            if answer.names.len() != names.len() || !answer.names.iter().zip(&names).all(same) {
                problems.push(format!(
                    "outputs {names:?}, the engine says {:?}",
                    answer.names
                ));
            }
        }
        for (column, db) in &self.varied {
            let under_predicate = reading.predicate_columns.contains(column);
            match (base, &db.answer(sql)) {
                (Ok(base), Ok(varied)) => {
                    problems.extend(unexplained(base, varied, column, reading));
                }
                (Err(_), Err(_)) => {}
                (one, other) => {
                    let known = under_predicate
                        || reading
                            .outputs
                            .iter()
                            .any(|output| output.sources.contains(column))
                        || reading.launders.iter().any(|(from, _)| from == column)
                        || !reading.writes.is_empty() && reading.read_columns.contains(column);
                    if !known {
                        problems.push(format!("an error depends on {column}: {one:?} / {other:?}"));
                    }
                }
            }
        }
        problems
    }

    /// Whoever may read no more than what the statement is said to read gets the same answer.
    fn reads(&self, sql: &str, reading: &Reading, base: &Result<Answer, String>) -> Vec<String> {
        if base.is_err() || !reading.read_only() {
            return Vec::new();
        }
        let mut readable: Vec<(String, Option<String>)> = reading
            .read_columns
            .iter()
            .map(|column| (column.table.clone(), Some(column.column.clone())))
            .collect();
        readable.extend(reading.reads.iter().map(|table| (table.clone(), None)));
        match self.base.answer_within(sql, &readable) {
            Some(within) if within != *base => {
                vec![format!("reads more than {readable:?}: {:?}", within.err())]
            }
            _ => Vec::new(),
        }
    }
}

fn clock(sql: &str) -> bool {
    let sql = sql.to_ascii_lowercase();
    CHANCE.iter().any(|word| sql.contains(word))
}

/// The clock, chance, the transaction, and SQLite's own plan, which holds addresses and counters.
const CHANCE: &[&str] = &[
    "now",
    "current_",
    "unixepoch()",
    "clock_",
    "localtime",
    "tablesample",
    "xmin",
    "tableoid",
    "explain",
];

/// Differences between two answers that the reading has no source, label or predicate for.
fn unexplained(
    base: &Answer,
    varied: &Answer,
    column: &ColumnRef,
    reading: &Reading,
) -> Vec<String> {
    let mut problems = Vec::new();
    let under_predicate = reading.predicate_columns.contains(column);
    if base.rows.len() != varied.rows.len() && !under_predicate {
        problems.push(format!(
            "the number of rows changes with {column}, which is in no predicate"
        ));
    }
    let label = label(column);
    let labelled = label.is_some_and(|label| {
        reading
            .predicate_labels
            .iter()
            .any(|known| known.as_str() == label)
    });
    for (at, output) in reading.outputs.iter().enumerate() {
        let cells = |answer: &Answer| -> Vec<Option<String>> {
            answer.rows.iter().map(|row| row.get(at).cloned()).collect()
        };
        if cells(base) == cells(varied) {
            continue;
        }
        if !under_predicate && !output.sources.contains(column) {
            problems.push(format!(
                "output {at} `{}` changes with {column}, which is no source of it",
                output.name
            ));
        }
        let carried = output
            .labels
            .iter()
            .chain(&output.aggregated)
            .any(|known| Some(known.as_str()) == label);
        if label.is_some() && !labelled && !carried {
            problems.push(format!(
                "output {at} `{}` changes with {column} and lacks {label:?}",
                output.name
            ));
        }
    }
    problems
}

/// A statement that changes nothing.
const NOTHING: &str = "SELECT 1";

/// Columns that differ after the statement and did not before, without a word about it.
fn copied(
    (before, after): (&Picture, &Picture),
    (old, new): (&Picture, &Picture),
    column: &ColumnRef,
    reading: &Reading,
) -> Vec<String> {
    let mut problems = Vec::new();
    for (table, held) in &after.tables {
        let Some(varied) = new.tables.get(table) else {
            continue;
        };
        if held.rows.len() != varied.rows.len() {
            problems.push(format!("`{table}` gets other rows as {column} changes"));
        }
        for (at, name) in held.columns.iter().enumerate() {
            let cells = |held: &Held| -> Vec<Option<String>> {
                held.rows.iter().map(|row| row.get(at).cloned()).collect()
            };
            let was = |picture: &Picture| picture.tables.get(table).map(cells);
            let to = ColumnRef {
                table: table.clone(),
                column: name.clone(),
            };
            let told = reading.launders.contains(&(column.clone(), to.clone()))
                || reading.unsure.contains(table);
            if cells(held) != cells(varied)
                && was(before) == was(old)
                && label(&to) != label(column)
                && !told
            {
                problems.push(format!("{column} goes into {to}, and nothing says so"));
            }
        }
    }
    problems
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

/// What a text changes is said to be written, a read-only one changes nothing, and what is not said to
/// be destructive leaves every table and column in place and most rows as they were.
fn destruction(db: &impl Engine, sql: &str, reading: &Reading) -> Vec<String> {
    let (before, after) = db.trial(sql);
    let mut problems = Vec::new();
    if reading.read_only() && before != after {
        problems.push("said to write nothing, and changes the database".to_owned());
    }
    let names: BTreeSet<&String> = before.tables.keys().chain(after.tables.keys()).collect();
    for table in names {
        let (old, new) = (before.tables.get(table), after.tables.get(table));
        let written = reading.writes.contains(table);
        if old != new && !written && reading.refusal.is_none() {
            problems.push(format!("changes `{table}`, which it is not said to write"));
        }
        if let Some(old) = old
            && lost(old, new)
            && !reading.destructive()
        {
            problems.push(format!(
                "`{table}` loses its data, and the statement is not said to destroy"
            ));
        }
    }
    problems
}

/// Whether a table, a column or all of more than two rows are gone.
fn lost(old: &Held, new: Option<&Held>) -> bool {
    let Some(new) = new else { return true };
    let kept = |row: &&Vec<String>| new.rows.iter().any(|new| new.starts_with(row));
    let all_gone = old.rows.len() > 2 && !old.rows.iter().any(|row| kept(&row));
    new.columns.len() < old.columns.len() || all_gone
}
