//! One thing that a call can have and a rule can depend on.
//! Knows nothing of calls and rules.

use std::borrow::Cow;

/// A word of one sort. Of a pattern it is the part before its `*`: `db:`, `postgres__`, `pii.`, or nothing at all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key<'a> {
    pub(super) sort: Sort,
    pub(super) word: Cow<'a, str>,
}

/// What a word is. The first are those that tell rules apart best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// Who asks.
    Principal,
    /// A role that it has.
    Role,
    /// An attribute that it has, with its value.
    Attribute,
    /// An attribute that it lacks.
    Lacks,
    /// The tool, or its server.
    Tool,
    /// What the call needs.
    Capability,
    /// A label in the answer, or one that the call uses.
    Label,
    /// A kind of fact.
    Fact,
    /// A label of the system, in the answer or not: a wall is told how to mask them all.
    Masked,
}

impl<'a> Key<'a> {
    pub(super) fn new(sort: Sort, word: impl Into<Cow<'a, str>>) -> Self {
        let word = word.into();
        Self { sort, word }
    }

    /// The key of a pattern.
    pub(super) fn pattern(sort: Sort, pattern: &'a str) -> Self {
        Self::new(sort, pattern.strip_suffix('*').unwrap_or(pattern))
    }

    pub(super) fn attribute(key: &str, value: &str) -> Self {
        Self::new(Sort::Attribute, format!("{key}\0{value}"))
    }
}
