//! What the kernel observed about a subject's content.
//! Knows nothing of receipts' lives.

use crate::json::Json;

/// An observation, made by the kernel on content that it read itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The kind of receipt that it can become, e.g. `silver_validation`.
    pub kind: String,
    /// The dataset's name.
    pub dataset: String,
    /// The canonical subject, see [`crate::manifest::Location::subject`].
    pub subject: String,
    /// SHA-256 of the content's bytes, in lower-case hex.
    pub digest: String,
    /// The suite's digest.
    pub suite: String,
    /// How the checks ended.
    pub counts: Counts,
    /// Rows of the content.
    pub rows: u64,
}

/// How the checks of a suite ended. Skipped is not passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Checks evaluated.
    pub evaluated: u64,
    /// Checks that held.
    pub passed: u64,
    /// Checks that did not.
    pub failed: u64,
    /// Checks that could not be evaluated.
    pub skipped: u64,
}

impl Counts {
    /// Whether at least one check was evaluated and all of them held.
    #[must_use]
    pub fn all_passed(&self) -> bool {
        self.evaluated > 0 && self.passed == self.evaluated && self.failed == 0 && self.skipped == 0
    }

    /// `{evaluated, passed, failed, skipped}`.
    #[must_use]
    pub fn to_json(self) -> Json {
        Json::object([
            ("evaluated", Json::from(self.evaluated)),
            ("passed", Json::from(self.passed)),
            ("failed", Json::from(self.failed)),
            ("skipped", Json::from(self.skipped)),
        ])
    }
}
