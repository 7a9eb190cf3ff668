//! What a decision was made from, so that it can be made again: the moment, the ledger, labelled outputs.
//! Knows nothing of rules; it holds no value of an argument.
//!
//! Members stand in the order of their names, as RFC 8785 sorts them.

use serde::{Deserialize, Serialize};

use super::canonical::{filled, yes};
use super::{Int, Leaf, RuleLine, Text};

/// What a decision was made from, beside arguments, facts and capabilities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis<'a> {
    /// Whether the clock had moved backwards since the latest mint.
    #[serde(
        default,
        deserialize_with = "yes",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub clock_back: bool,
    /// Epochs of earlier rules that it was judged by as well, since its run had begun or gone on under them.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub earlier: Vec<Text<'a>>,
    /// The moment of the decision, in milliseconds since 1970 UTC.
    pub now_ms: Int,
    /// The columns of the result that carry labels, or say whose a row is.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub outputs: Vec<Labelled<'a>>,
    /// The receipts of the subject, the newest first.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub receipts: Vec<Considered<'a>>,
    /// Rules that are only watched and would have spoken.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub shadow: Vec<RuleLine<'a>>,
    /// What the principal had used of budgets, where the call may cost one.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub spending: Option<Used<'a>>,
    /// Where the latest write to each subject stands in the order of mints and writes.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub writes: Vec<Written<'a>>,
}

/// One column of the result that carries labels, or says whose a row is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labelled<'a> {
    /// Whether it is an untouched base column.
    pub bare: bool,
    /// Which column, from 0.
    pub index: Int,
    /// Its labels, in order.
    #[serde(borrow)]
    pub labels: Vec<Text<'a>>,
    /// The one column that it is, where a rule shifts dates by that column.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Text<'a>>,
    /// The labels of the measures that it sums up and nothing else.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub summed: Vec<Text<'a>>,
}

/// What a principal had used of budgets when the decision was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Used<'a> {
    /// The moment of the store's own time, in milliseconds since 1970 UTC.
    pub at_ms: Int,
    /// What was charged, slot by slot.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub slots: Vec<Charged<'a>>,
}

/// What was charged to one account in one slot of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charged<'a> {
    /// The rule and what its budget is about.
    #[serde(borrow)]
    pub account: Text<'a>,
    /// How much.
    pub amount: Int,
    /// The slot's beginning, in milliseconds since 1970 UTC.
    pub slot_ms: Int,
}

/// One receipt as it stood when the decision was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Considered<'a> {
    /// Whether every check had passed.
    pub all_passed: bool,
    /// The dataset.
    #[serde(borrow)]
    pub dataset: Text<'a>,
    /// The rules under which it was minted.
    #[serde(borrow)]
    pub epoch: Text<'a>,
    /// Invalid from, seconds since 1970 UTC.
    pub expires_s: Int,
    /// Why it did not count, rule by rule; a rule that looked and is not named let it count.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub flaws: Vec<Flaw<'a>>,
    /// Its id.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Its kind.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// Minted at, seconds since 1970 UTC.
    pub minted_s: Int,
    /// Its place in the order of mints and writes.
    pub position: Int,
    /// Who had asked for the validation.
    #[serde(borrow)]
    pub principal: Text<'a>,
    /// In which run.
    #[serde(borrow)]
    pub run: Text<'a>,
    /// Whether it was spent before this decision.
    pub spent: bool,
    /// The canonical subject.
    #[serde(borrow)]
    pub subject: Text<'a>,
    /// Digest of the suite.
    #[serde(borrow)]
    pub suite: Text<'a>,
}

/// Why a receipt did not count for a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flaw<'a> {
    /// The rule.
    #[serde(borrow)]
    pub rule: Text<'a>,
    /// The kernel's own words.
    #[serde(borrow)]
    pub why: Text<'a>,
}

/// The latest write to one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written<'a> {
    /// Its place in the order of mints and writes.
    pub position: Int,
    /// The canonical subject.
    #[serde(borrow)]
    pub subject: Text<'a>,
}

/// A text that an epoch is made of. It lies in the folder `policies` beside the log, under its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleText<'a> {
    /// `manifest` or `policy`.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// The server of a manifest; the file of a policy, as far as it may be quoted.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// SHA-256 of its bytes.
    pub sha256: Leaf,
}
