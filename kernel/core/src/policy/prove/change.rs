//! How the authority of one policy differs from that of another.
//! Knows nothing of how it was found.

use std::collections::BTreeSet;

use super::Witness;

/// Whether more or less became possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// More is possible, or more leaves.
    Widened,
    /// Less is possible, or less leaves.
    Narrowed,
    /// It is other, and which of both cannot be told.
    Other,
}

/// One difference, of all calls that it is the same for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether more or less became possible.
    pub sense: Direction,
    /// For whom.
    pub principal: String,
    /// With which tool.
    pub tool: String,
    /// What changed.
    pub what: String,
    /// What the calls do for which it did.
    pub calls: BTreeSet<String>,
    /// A call that shows it, where one was found.
    pub witness: Option<Witness>,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// By principal, tool and what changed.
    pub changes: Vec<Change>,
    /// Rules that only one of the policies has, or that are written otherwise.
    pub rules: BTreeSet<String>,
    /// What could not be compared exactly, and why.
    pub inexact: BTreeSet<String>,
    /// How many classes of calls were looked at.
    pub classes: u64,
}
