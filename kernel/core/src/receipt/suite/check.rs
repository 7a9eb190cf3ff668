//! Each kind of check, judged on every row.
//! Knows nothing of severity: what fails, fails.

use std::collections::{BTreeSet, HashSet};

use super::{Cell, CheckOutcome, Rows, Status, Surroundings};
use crate::limits;
use crate::manifest::Check;

/// What one check found.
pub(super) enum Verdict {
    /// So many values were judged, and these failed.
    Judged { judged: u64, failing: Failing },
    /// It could not be judged: a column or another dataset is not there.
    Skipped,
}

/// How many failed, and the first rows of them.
#[derive(Default)]
pub(super) struct Failing {
    count: u64,
    rows: BTreeSet<usize>,
}

impl Failing {
    fn add(&mut self, row: usize) {
        self.count += 1;
        if self.rows.len() < limits::FAILING_ROWS_SHOWN_MAX {
            self.rows.insert(row);
        }
    }
}

impl Verdict {
    /// A failure of the content as a whole.
    pub(super) fn failed_whole() -> Self {
        Self::Judged {
            judged: 1,
            failing: Failing {
                count: 1,
                rows: BTreeSet::new(),
            },
        }
    }

    /// The check's outcome; `key` shows a row's key where that is safe. A check that judged nothing has
    /// proven nothing.
    pub(super) fn outcome(
        self,
        name: &'static str,
        columns: Vec<String>,
        key: impl Fn(usize) -> Option<Vec<(String, String)>>,
    ) -> CheckOutcome {
        let (status, failing) = match self {
            Self::Judged { failing, .. } if failing.count > 0 => (Status::Failed, failing),
            Self::Judged { judged, failing } if judged > 0 => (Status::Passed, failing),
            _ => (Status::Skipped, Failing::default()),
        };
        let position = |row: &usize| u64::try_from(*row).ok()?.checked_add(1);
        CheckOutcome {
            columns,
            failures: failing.count,
            keys: failing.rows.iter().copied().filter_map(key).collect(),
            rows: failing.rows.iter().filter_map(position).collect(),
            ..CheckOutcome::bare(name, status, 0)
        }
    }
}

/// The columns that a check is about.
pub(super) fn columns(check: &Check) -> Vec<String> {
    match check {
        Check::Schema(columns) => columns.iter().map(|(name, _)| name.clone()).collect(),
        Check::NotNull(columns) | Check::Unique(columns) | Check::Clean(columns) => columns.clone(),
        Check::Accepted { column, .. }
        | Check::Range { column, .. }
        | Check::Refers { column, .. }
        | Check::Fresh { column, .. } => vec![column.clone()],
        Check::Rows { .. } => Vec::new(),
    }
}

/// Judges one check of the dataset called `name`.
pub(super) fn judge(name: &str, check: &Check, rows: &Rows, around: &Surroundings<'_>) -> Verdict {
    match check {
        Check::Schema(declared) => schema(declared, rows),
        Check::NotNull(columns) => every_row(columns, rows, |_, cell| *cell != Cell::Empty),
        Check::Clean(columns) => every_row(columns, rows, |column, cell| {
            cell.text().is_none_or(|text| (around.clean)(column, &text))
        }),
        Check::Unique(columns) => unique(columns, rows),
        Check::Accepted { column, values } => every_value(column, rows, |cell| {
            cell.text()
                .is_some_and(|text| values.iter().any(|v| *v == text))
        }),
        Check::Range { column, min, max } => every_value(column, rows, |cell| {
            cell.number().is_some_and(|value| {
                min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
            })
        }),
        Check::Rows { min, max } => self::rows(*min, *max, rows),
        Check::Refers {
            column,
            dataset,
            to,
        } => {
            let parent = if dataset == name {
                Some(rows)
            } else {
                around.others.get(dataset)
            };
            match parent.and_then(|parent| parent.column(to)) {
                Some(cells) => {
                    let known: HashSet<_> = cells.filter_map(Cell::text).collect();
                    every_value(column, rows, |cell| {
                        cell.text().is_some_and(|text| known.contains(&text))
                    })
                }
                None => Verdict::Skipped,
            }
        }
        Check::Fresh { column, max_age_s } => fresh(column, *max_age_s, rows, around),
    }
}

/// Rows within bounds; zero rows never pass, whatever the bounds say.
pub(super) fn rows(min: u64, max: Option<u64>, rows: &Rows) -> Verdict {
    let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    if count < min.max(1) || max.is_some_and(|max| count > max) {
        return Verdict::failed_whole();
    }
    Verdict::Judged {
        judged: 1,
        failing: Failing::default(),
    }
}

/// Every declared column is there, no other is, and every value is of its column's type.
fn schema(declared: &[(String, String)], rows: &Rows) -> Verdict {
    let mut failing = Failing::default();
    for (name, kind) in declared {
        match rows.column(name) {
            None => failing.count += 1,
            Some(cells) => {
                for (row, cell) in cells.enumerate() {
                    if !cell.is_a(kind, rows.format()) {
                        failing.add(row);
                    }
                }
            }
        }
    }
    let undeclared = |name: &&String| declared.iter().all(|(declared, _)| declared != *name);
    let extra = rows.columns().iter().filter(undeclared).count();
    failing.count += u64::try_from(extra).unwrap_or(u64::MAX);
    Verdict::Judged {
        judged: u64::try_from(declared.len()).unwrap_or(u64::MAX),
        failing,
    }
}

/// Judges every cell of the columns, the empty ones too.
fn every_row(columns: &[String], rows: &Rows, holds: impl Fn(&str, &Cell) -> bool) -> Verdict {
    let (mut judged, mut failing) = (0, Failing::default());
    for column in columns {
        let Some(cells) = rows.column(column) else {
            return Verdict::Skipped;
        };
        for (row, cell) in cells.enumerate() {
            judged += 1;
            if !holds(column, cell) {
                failing.add(row);
            }
        }
    }
    Verdict::Judged { judged, failing }
}

/// Judges every value of a column that is not empty: emptiness is `not-null`'s to judge.
fn every_value(column: &str, rows: &Rows, holds: impl Fn(&Cell) -> bool) -> Verdict {
    let Some(cells) = rows.column(column) else {
        return Verdict::Skipped;
    };
    let (mut judged, mut failing) = (0, Failing::default());
    for (row, cell) in cells.enumerate().filter(|(_, cell)| **cell != Cell::Empty) {
        judged += 1;
        if !holds(cell) {
            failing.add(row);
        }
    }
    Verdict::Judged { judged, failing }
}

/// No two rows agree in all these columns; two empty values agree.
fn unique(columns: &[String], rows: &Rows) -> Verdict {
    let named = columns
        .iter()
        .map(|c| rows.column(c))
        .collect::<Option<Vec<_>>>();
    let Some(mut named) = named.filter(|named| !named.is_empty()) else {
        return Verdict::Skipped;
    };
    let (mut seen, mut failing) = (HashSet::new(), Failing::default());
    for row in 0..rows.len() {
        let key: Vec<_> = named
            .iter_mut()
            .map(|cells| cells.next().and_then(Cell::text))
            .collect();
        if !seen.insert(key) {
            failing.add(row);
        }
    }
    Verdict::Judged {
        judged: u64::try_from(rows.len()).unwrap_or(u64::MAX),
        failing,
    }
}

/// The newest moment is not too old, and none lies in the future: a date ahead of the kernel's clock
/// would keep stale data fresh.
fn fresh(column: &str, max_age_s: u64, rows: &Rows, around: &Surroundings<'_>) -> Verdict {
    let now_ms = around.now.unix_ms;
    let moments = every_value(column, rows, |cell| {
        cell.moment().is_some_and(|at| at <= now_ms)
    });
    let Verdict::Judged {
        judged,
        mut failing,
    } = moments
    else {
        return Verdict::Skipped;
    };
    let newest = rows
        .column(column)
        .and_then(|cells| cells.filter_map(Cell::moment).max());
    let age_max_ms = i64::try_from(max_age_s.saturating_mul(1_000)).unwrap_or(i64::MAX);
    if newest.is_some_and(|at| now_ms.saturating_sub(at) > age_max_ms) {
        failing.count += 1;
    }
    Verdict::Judged { judged, failing }
}
