//! The answer to a question, and what it rests on.
//! Knows nothing of how it was found.

use std::collections::BTreeSet;

use super::Witness;

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is so, for every class of calls.
    Holds,
    /// It is not so.
    Fails,
    /// It is not decided, and why.
    Undecided(String),
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The question's id.
    pub id: String,
    /// The question in words.
    pub words: String,
    /// What is so.
    pub verdict: Verdict,
    /// The call that shows it: against `never`, for `possible`.
    pub witness: Option<Witness>,
    /// How many classes of calls were looked at.
    pub classes: u64,
    /// How many of them are what the question asks about.
    pub asked: u64,
    /// Tools and arguments of which single values stood for no others, so that they were left open.
    pub abstracted: BTreeSet<String>,
    /// Tools whose answers have no columns that a label could be on.
    pub without_columns: BTreeSet<String>,
}

/// What every answer assumes, beside what it names itself.
pub const ASSUMED: [&str; 8] = [
    "manifests are true: tools do what they declare, labels stand on the columns that hold such data, protected domains are where they say",
    "interceptors find at least what a call does, and lineage at least what an output is computed from; what they refuse is not permitted",
    "with less that is found in a call no more is denied, and with more receipts and budgets left no more: laws of the engine that tests hold",
    "budgets are left, and receipts are there or not, minted by the kernel for the dataset that is named",
    "labels that travelled with copied data stay masked as at their source: columns are those of the manifests",
    "tables, functions and paths that rules do not tell apart are one class; rules in shadow mode count for nothing",
    "the clock and the identity of who speaks are right",
    "what leaves by no column, such as the content of objects, is the detectors' affair and not asked about",
];
