//! The closed set of rule kinds.
//! Knows nothing of when they speak; `engine.rs` does.

use std::ops::Range;
use std::sync::Arc;

use super::Head;
use super::phase::{
    ArgumentRule, Block, BudgetRule, Grant, Lookup, Measure, Require, SmallGroups, Transform,
};
use crate::json::Json;

/// One rule. The set is closed, so that it can be printed, exhausted and proven.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Lets a principal use capabilities.
    Grant(Grant),
    /// Forbids capabilities to everyone.
    Block(Block),
    /// Limits how much of something there is.
    Budget(BudgetRule),
    /// Limits an argument.
    Argument(ArgumentRule),
    /// Lets a principal look rows up by a labelled value.
    Lookup(Lookup),
    /// Lets a principal have sums of measures.
    Measure(Measure),
    /// Demands evidence.
    Require(Require),
    /// Suppresses rows of few people.
    SmallGroups(SmallGroups),
    /// Obliges the answer.
    Transform(Transform),
}

impl Rule {
    /// The rule's id, unique in a policy.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.head().id
    }

    /// What it shares with all kinds.
    #[must_use]
    pub fn head(&self) -> &Head {
        match self {
            Self::Grant(rule) => &rule.head,
            Self::Block(rule) => &rule.head,
            Self::Budget(rule) => &rule.head,
            Self::Argument(rule) => &rule.head,
            Self::Lookup(rule) => &rule.head,
            Self::Measure(rule) => &rule.head,
            Self::Require(rule) => &rule.head,
            Self::SmallGroups(rule) => &rule.head,
            Self::Transform(rule) => &rule.head,
        }
    }

    /// The word that policy files use for the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Grant(_) => "grant",
            Self::Block(_) => "block",
            Self::Budget(_) => "budget",
            Self::Argument(_) => "argument",
            Self::Lookup(_) => "lookup",
            Self::Measure(_) => "measure",
            Self::Require(_) => "require",
            Self::SmallGroups(_) => "small_groups",
            Self::Transform(_) => "transform",
        }
    }
}

/// A rule with the place where it was declared.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The rule.
    pub rule: Rule,
    /// The file, as it is named in problems.
    pub file: Arc<str>,
    /// Where its id stands.
    pub span: Range<usize>,
    /// Its text, whatever the layout: part of the policy epoch.
    pub json: Json,
}
