//! The members of a record that have members of their own, and their closed sets of words.
//! Knows nothing of which kind of record holds which.
//!
//! Members stand in the order of their names: serde writes them as they stand, and RFC 8785 sorts.

use serde::{Deserialize, Serialize};

use super::canonical::filled;
use super::{Int, Leaf, Text};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Who<'a> {
    /// The name that grants refer to.
    #[serde(borrow)]
    pub principal: Text<'a>,
    /// How the identity was established: `configured`, `bearer`, `hypothetical`.
    #[serde(borrow)]
    pub proof: Text<'a>,
    /// The run (one connection of one agent), where the record is about one.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Text<'a>>,
}

/// The arguments of a call, without their values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Args<'a> {
    /// Commitment to the arguments as they were judged, pointer `/args`.
    pub commit: Leaf,
    /// Top-level names, as far as they may be quoted.
    #[serde(borrow)]
    pub keys: Vec<Text<'a>>,
    /// Bytes of the arguments.
    pub len: Int,
}

/// One objection: the deciding one stands first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleLine<'a> {
    /// Its phase.
    #[serde(borrow)]
    pub phase: Text<'a>,
    /// Its id.
    #[serde(borrow)]
    pub rule: Text<'a>,
    /// How grave the policy says that its objection is.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Text<'a>>,
}

/// One fact. Its subject is quoted where [`super::quotable`] allows it, else committed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactLine<'a> {
    /// What is done at a path: `list`, `read`, `write`, `delete`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Text<'a>>,
    /// The declared argument that it was read from.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub argument: Option<Text<'a>>,
    /// Commitment to the subject, pointer `/facts/N`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Leaf>,
    /// The kind of fact.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// The subject: a table, label, path, host, domain or dataset.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Text<'a>>,
}

/// What must happen to the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obliged<'a> {
    /// Most bytes that may leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byte_max: Option<Int>,
    /// Most rows that one write may change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_max: Option<Int>,
    /// Masks of output columns, by position.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub columns: Vec<Masked<'a>>,
    /// The profile of the detectors.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub detect: Option<Text<'a>>,
    /// Fields that do not leave, as the rules name them.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub dropped: Vec<Text<'a>>,
    /// Most rows that the query may give by the text that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Int>,
    /// Fields that leave under another name, `field -> name`.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub renamed: Vec<Text<'a>>,
    /// Tokens that were exchanged for their values on the way south.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub restored: Vec<Restored<'a>>,
    /// Most rows that may leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_max: Option<Int>,
    /// What the engine's own wall is told.
    #[serde(
        borrow,
        default,
        deserialize_with = "filled",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub sources: Vec<Source<'a>>,
}

/// A token that was exchanged for its value: where, and of which type; never which, nor the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored<'a> {
    /// The place in the arguments, as a shape.
    #[serde(borrow)]
    pub pointer: Text<'a>,
    /// The type that the token names.
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
}

/// The mask of one output column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Masked<'a> {
    /// Which column, from 0.
    pub index: Int,
    /// The label that demands it.
    #[serde(borrow)]
    pub label: Text<'a>,
    /// What is done.
    #[serde(borrow)]
    pub operator: Text<'a>,
    /// The rule that demands it.
    #[serde(borrow)]
    pub rule: Text<'a>,
}

/// How one labelled column is masked at its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source<'a> {
    /// `table.column`.
    #[serde(borrow)]
    pub column: Text<'a>,
    /// Its label.
    #[serde(borrow)]
    pub label: Text<'a>,
    /// What is done.
    #[serde(borrow)]
    pub operator: Text<'a>,
}

/// The answer of a downstream and what the agent got of it, without a value of either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// Commitment to what the agent got, pointer `/result`, before the log's own receipt is added.
    pub delivered: Leaf,
    /// Its bytes.
    pub delivered_len: Int,
    /// Commitment to what the downstream sent, pointer `/upstream`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Leaf>,
    /// Its bytes.
    pub upstream_len: Int,
}

/// How many values of one type the detectors masked in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found<'a> {
    /// How many.
    pub count: Int,
    /// The place as a shape, `/structuredContent/rows/*/email`: no position, and only names that are the
    /// names of fields. Absent in records of kernels that did not note it.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Text<'a>>,
    /// Who found them: `analyser`, where it was not the kernel itself.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Text<'a>>,
    /// The type.
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
}

/// What was left out of lists so that the record fits its bound, or because it may not be quoted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// Capabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Int>,
    /// Masked columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Int>,
    /// Facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Int>,
    /// Types of findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<Int>,
    /// Names of arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Int>,
    /// Labelled outputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Int>,
    /// Receipts considered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts: Option<Int>,
    /// Objections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Int>,
    /// Slots of budgets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<Int>,
    /// Masked sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Int>,
    /// Receipts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<Int>,
    /// Latest writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writes: Option<Int>,
}

/// How one start of the kernel writes its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boot<'a> {
    /// The id of the operator's key that the values of decisions are captured for, where they are.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub captures: Option<Text<'a>>,
    /// What it was started for: `serve`, or the upkeep that is done.
    #[serde(borrow)]
    pub purpose: Text<'a>,
    /// Whether each batch is synced before anything acts on it.
    pub sync: bool,
    /// The kernel's version.
    #[serde(borrow)]
    pub version: Text<'a>,
}

/// A receipt as it was minted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minted<'a> {
    /// The dataset.
    #[serde(borrow)]
    pub dataset: Text<'a>,
    /// SHA-256 of the content: what the receipt is about, recorded so that a promotion can be checked.
    #[serde(borrow)]
    pub digest: Text<'a>,
    /// Invalid from, seconds since 1970 UTC.
    pub expires_s: Int,
    /// Its id.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Its kind.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// Checks that held.
    pub passed: Int,
    /// Rows of the content.
    pub rows: Int,
    /// The canonical subject.
    #[serde(borrow)]
    pub subject: Text<'a>,
    /// Digest of the suite.
    #[serde(borrow)]
    pub suite: Text<'a>,
}

/// Bytes after the last whole record of a file, left by a crash: accounted for, never deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Torn<'a> {
    /// The file.
    #[serde(borrow)]
    pub file: Text<'a>,
    /// Bytes of whole records before them.
    pub good_len: Int,
    /// How many bytes.
    pub len: Int,
    /// Their SHA-256.
    pub sha256: Leaf,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The call may be made.
    Allow,
    /// A rule forbids it.
    Deny,
    /// The kernel could not decide; nothing was sent.
    Fail,
}

impl Decision {
    /// The word in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Fail => "fail",
        }
    }
}

/// How a committed call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Its result was delivered.
    Ok,
    /// The downstream said that the tool failed; that answer was delivered.
    ToolError,
    /// A rule forbade it after it was recorded; nothing was sent.
    Denied,
    /// It was carried out, and its result kept back.
    Withheld,
    /// The world failed it before it was sent.
    Failed,
    /// It may have been carried out: sent without a readable answer, or cut off by a crash.
    Unknown,
}

impl Status {
    /// The word in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ToolError => "tool-error",
            Self::Denied => "denied",
            Self::Withheld => "withheld",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a call reached its downstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SentWord {
    /// It did, and it answered.
    Yes,
    /// It did not.
    No,
    /// It may have.
    Maybe,
}

impl SentWord {
    /// The word in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Maybe => "maybe",
        }
    }
}
