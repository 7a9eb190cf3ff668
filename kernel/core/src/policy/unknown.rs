//! What is not known of a call that is judged again from its record.
//! Knows nothing of records.

use std::collections::BTreeSet;

use super::Terms;
use crate::denial::Denial;

/// What a record does not tell: the rules that need it are left open, never guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Arguments that were given, without their values.
    pub values: BTreeSet<String>,
    /// Arguments out of which something was read that the record does not quote.
    pub facts: BTreeSet<String>,
    /// Whether receipts were looked at that the record does not list, all older than those it does.
    pub receipts: bool,
}

/// A judgement of what is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The objections that are certain; with any of them the call is denied, whatever is open.
    pub denial: Option<Denial>,
    /// The rules that may object or not.
    pub open: BTreeSet<String>,
    /// The terms of a yes.
    pub terms: Terms,
    /// Whether one of the open rules could add to them.
    pub terms_open: bool,
}
