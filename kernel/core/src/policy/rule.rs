//! The closed set of rule kinds.
//! Knows nothing of when they speak; `engine.rs` does.

use std::ops::Range;
use std::sync::Arc;

use super::Head;
use super::people::{Member, Role};
use super::phase::{
    ArgumentRule, Block, BudgetRule, Grant, Lookup, Measure, Require, SmallGroups, Transform,
};
use super::when::Matcher;
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
    /// Declares a role.
    Role(Role),
    /// Declares a principal.
    Principal(Member),
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
            Self::Role(rule) => &rule.head,
            Self::Principal(rule) => &rule.head,
        }
    }

    pub(super) fn head_mut(&mut self) -> &mut Head {
        match self {
            Self::Grant(rule) => &mut rule.head,
            Self::Budget(rule) => &mut rule.head,
            Self::Block(rule) => &mut rule.head,
            Self::Argument(rule) => &mut rule.head,
            Self::Lookup(rule) => &mut rule.head,
            Self::Measure(rule) => &mut rule.head,
            Self::Require(rule) => &mut rule.head,
            Self::SmallGroups(rule) => &mut rule.head,
            Self::Transform(rule) => &mut rule.head,
            Self::Role(rule) => &mut rule.head,
            Self::Principal(rule) => &mut rule.head,
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
            Self::Role(_) => "role",
            Self::Principal(_) => "principal",
        }
    }

    /// Whether it says who there is, and nothing of any call.
    #[must_use]
    pub fn is_declaration(&self) -> bool {
        matches!(self, Self::Role(_) | Self::Principal(_))
    }

    /// Whether its word depends on who has which role or attribute.
    #[must_use]
    pub fn asks_for_people(&self) -> bool {
        let who = match self {
            Self::Grant(rule) => Some(&rule.who),
            Self::Lookup(rule) => Some(&rule.who),
            Self::Measure(rule) => Some(&rule.who),
            Self::Budget(rule) => Some(&rule.who),
            _ => None,
        };
        let when = self.head().when.iter().flat_map(|when| when.matchers());
        who.is_some_and(|who| !who.roles.is_empty())
            || when
                .map(|matcher| matcher.get_ref())
                .any(|matcher| matches!(matcher, Matcher::Role(_) | Matcher::Attribute(..)))
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
    /// The line of that place, from 1.
    pub line: usize,
    /// Its text, whatever the layout: part of the policy epoch.
    pub json: Json,
}
