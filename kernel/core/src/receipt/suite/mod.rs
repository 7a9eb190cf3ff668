//! Evaluates a dataset's suite on its exact bytes: every check, every row, no sampling.
//! Knows nothing of where the bytes came from; time and detectors are given.

mod cell;
mod check;
mod csv;
mod export;
mod fault;
mod jsonl;
mod keys;
mod outcome;
mod parquet;
mod rows;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::manifest::{Check, Dataset};
use crate::now::Now;

pub use cell::Cell;
use check::Verdict;
pub use fault::ContentFault;
pub use outcome::{CheckOutcome, Outcome, Status};
pub use parquet::ParquetFault;
pub use rows::Rows;

/// What a suite is judged by beside the content itself.
pub struct Surroundings<'a> {
    /// Rows of the datasets that [`Check::Refers`] names, by dataset; one that is absent skips its check.
    pub others: &'a BTreeMap<String, Rows>,
    /// The kernel's time; dates inside the content are measured against it.
    pub now: Now,
    /// Whether a value of a column is free of personal data: `(column, value)`.
    pub clean: &'a dyn Fn(&str, &str) -> bool,
    /// Whether the manifest labels this column; the values of labelled keys are never shown.
    pub labelled: &'a dyn Fn(&str) -> bool,
}

/// Evaluates every check of the dataset's suite on these very bytes.
///
/// Two checks hold for every suite: `readable` (the bytes are wholly in the declared format) and
/// `rows` (there is at least one row). A check that judged no value is skipped, and skipped is not
/// passed: an empty batch satisfies nothing.
#[must_use]
pub fn evaluate(dataset: &Dataset, bytes: &[u8], around: &Surroundings<'_>) -> Outcome {
    let checks = &dataset.suite.checks;
    let (mut outcomes, rows, schema) = match Rows::read(dataset.format, bytes) {
        Ok(rows) => {
            let outcomes = judge(&dataset.name, checks, &rows, around);
            let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            (outcomes, count, rows.columns().to_vec())
        }
        Err(fault) => (unreadable(checks, fault), 0, Vec::new()),
    };
    if checks.is_empty() {
        outcomes.push(CheckOutcome::bare("suite", Status::Skipped, 0));
    }
    Outcome::new(&dataset.name, digest(bytes), rows, schema, outcomes)
}

/// SHA-256 of exactly these bytes, lower-case hex: what evidence and receipts bind to.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn judge(
    name: &str,
    checks: &[Check],
    rows: &Rows,
    around: &Surroundings<'_>,
) -> Vec<CheckOutcome> {
    let key = keys::shown(checks, rows, around);
    let mut outcomes = vec![CheckOutcome::bare("readable", Status::Passed, 0)];
    if !checks.iter().any(|c| matches!(c, Check::Rows { .. })) {
        let verdict = check::rows(1, None, rows);
        outcomes.push(verdict.outcome("rows", Vec::new(), |_| None));
    }
    outcomes.extend(checks.iter().map(|check| {
        let verdict = check::judge(name, check, rows, around);
        verdict.outcome(check.name(), check::columns(check), |row| {
            key.as_ref().and_then(|key| key.of(row, rows, around))
        })
    }));
    outcomes
}

/// Content that cannot be read wholly: nothing is judged on the part that could be.
fn unreadable(checks: &[Check], fault: ContentFault) -> Vec<CheckOutcome> {
    let mut outcomes = vec![CheckOutcome {
        because: Some(fault.to_string()),
        ..CheckOutcome::bare("readable", Status::Failed, 1)
    }];
    outcomes.extend(checks.iter().map(|check| {
        let verdict = match (check, fault) {
            (Check::Schema(_), ContentFault::Ragged { .. }) => Verdict::failed_whole(),
            _ => Verdict::Skipped,
        };
        verdict.outcome(check.name(), check::columns(check), |_| None)
    }));
    outcomes
}
