//! A receipt: this very content satisfied this very suite.
//! Knows nothing of its signature; the state store authenticates it.

use super::Counts;
use crate::json::Json;

/// One receipt as the kernel minted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its id, `rcpt_` and 26 characters.
    pub id: String,
    /// E.g. `silver_validation`.
    pub kind: String,
    /// The dataset's name.
    pub dataset: String,
    /// The canonical subject.
    pub subject: String,
    /// SHA-256 of the content, lower-case hex.
    pub digest: String,
    /// Digest of the suite that was evaluated.
    pub suite: String,
    /// How the checks ended.
    pub counts: Counts,
    /// Rows of the content.
    pub rows: u64,
    /// Policy epoch under which it was minted.
    pub epoch: String,
    /// Who had asked for the validation.
    pub principal: String,
    /// In which run.
    pub run: String,
    /// Position in the order of mints and writes.
    pub seq: u64,
    /// Minted at, seconds since 1970 UTC.
    pub minted_s: i64,
    /// Invalid from, seconds since 1970 UTC.
    pub expires_s: i64,
    /// Whether it was spent.
    pub spent: bool,
}

impl Receipt {
    /// Every field by its name, `spent` included: no content, no values.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let text = |text: &str| Json::from(text);
        Json::object([
            ("id", text(&self.id)),
            ("kind", text(&self.kind)),
            ("dataset", text(&self.dataset)),
            ("subject", text(&self.subject)),
            ("digest", text(&self.digest)),
            ("suite", text(&self.suite)),
            ("counts", self.counts.to_json()),
            ("rows", Json::from(self.rows)),
            ("epoch", text(&self.epoch)),
            ("principal", text(&self.principal)),
            ("run", text(&self.run)),
            ("seq", Json::from(self.seq)),
            ("minted_s", Json::from(self.minted_s)),
            ("expires_s", Json::from(self.expires_s)),
            ("spent", Json::from(self.spent)),
        ])
    }
}
