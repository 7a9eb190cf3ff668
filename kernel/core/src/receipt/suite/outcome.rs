//! What came of evaluating a suite: counts, names and positions, never values beyond safe keys.
//! Knows nothing of receipts.

use crate::json::Json;
use crate::receipt::Counts;

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It held for every value that it judges.
    Passed,
    /// It did not.
    Failed,
    /// It could not be judged. Skipped is not passed.
    Skipped,
}

impl Status {
    /// The word that results use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One check's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOutcome {
    /// The check's word, see [`crate::manifest::Check::name`]; `readable`, `rows` and `suite` may be the kernel's own.
    pub name: &'static str,
    /// The columns that it is about, as the manifest names them.
    pub columns: Vec<String>,
    /// How it ended.
    pub status: Status,
    /// How many values, rows or columns failed it.
    pub failures: u64,
    /// Keys of the first failing rows, as `(column, value)`: only where the suite declares a unique key
    /// of unlabelled integers or short ids.
    pub keys: Vec<Vec<(String, String)>>,
    /// Positions of the first failing rows, from 1 for the first row of data.
    pub rows: Vec<u64>,
    /// Why content cannot be read, without any of its text.
    pub because: Option<String>,
}

impl CheckOutcome {
    pub(super) fn bare(name: &'static str, status: Status, failures: u64) -> Self {
        Self {
            name,
            columns: Vec::new(),
            status,
            failures,
            keys: Vec::new(),
            rows: Vec::new(),
            because: None,
        }
    }

    /// `{check, columns, status, failures, keys, rows, because}`; what holds nothing does not stand.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut pairs = vec![("check", Json::from(self.name))];
        if !self.columns.is_empty() {
            let columns = self.columns.iter().map(String::as_str).collect::<Vec<_>>();
            pairs.push(("columns", Json::from(columns)));
        }
        pairs.push(("status", Json::from(self.status.as_str())));
        pairs.push(("failures", Json::from(self.failures)));
        if !self.keys.is_empty() {
            let key = |key: &Vec<(String, String)>| {
                Json::object(
                    key.iter()
                        .map(|(c, v)| (c.as_str(), Json::from(v.as_str()))),
                )
            };
            let keys = self.keys.iter().map(key).collect();
            pairs.push(("keys", Json::Array(keys)));
        }
        if !self.rows.is_empty() {
            pairs.push(("rows", Json::from(self.rows.clone())));
        }
        if let Some(because) = &self.because {
            pairs.push(("because", Json::from(because.as_str())));
        }
        Json::object(pairs)
    }
}

/// What came of a whole suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The dataset's name.
    pub dataset: String,
    /// SHA-256 of exactly the bytes that were judged, lower-case hex.
    pub digest: String,
    /// Rows of the content; 0 where it is unreadable.
    pub rows: u64,
    /// The columns found, in the order of the content.
    pub schema: Vec<String>,
    /// How the checks ended, in total.
    pub counts: Counts,
    /// How each check ended: the kernel's own first, then the suite's in its order.
    pub checks: Vec<CheckOutcome>,
}

impl Outcome {
    pub(super) fn new(
        dataset: &str,
        digest: String,
        rows: u64,
        schema: Vec<String>,
        checks: Vec<CheckOutcome>,
    ) -> Self {
        let mut counts = Counts::default();
        for check in &checks {
            match check.status {
                Status::Passed => counts.passed += 1,
                Status::Failed => counts.failed += 1,
                Status::Skipped => counts.skipped += 1,
            }
        }
        counts.evaluated = counts.passed + counts.failed;
        Self {
            dataset: dataset.to_owned(),
            digest,
            rows,
            schema,
            counts,
            checks,
        }
    }

    /// Whether every check was judged and held.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.counts.all_passed()
    }

    /// `{dataset, passed, rows, digest, checks}`: what the agent is told. Column names of the content are
    /// left out, since whoever wrote the content chose them.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let checks = self.checks.iter().map(CheckOutcome::to_json).collect();
        Json::object([
            ("dataset", Json::from(self.dataset.as_str())),
            ("passed", Json::from(self.passed())),
            ("rows", Json::from(self.rows)),
            ("digest", Json::from(self.digest.as_str())),
            ("checks", Json::Array(checks)),
        ])
    }
}
