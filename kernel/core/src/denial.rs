//! A named refusal by rule: which rule, in which phase, why, and what to do instead.
//! Knows nothing of argument values, and must not.

use std::borrow::Cow;

use serde::Serialize;

use crate::json::Json;

/// The fixed phases in which a call can be refused, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Reading the call at all: names, shapes, arguments, SQL.
    Examination,
    /// Identity and grants.
    Admission,
    /// Capabilities that nobody may use.
    Block,
    /// Rules on arguments.
    Argument,
    /// Receipts and other evidence.
    Precondition,
    /// Obligations on what leaves.
    Transform,
    /// The kernel's own duties: log, state, time.
    Kernel,
}

impl Phase {
    /// The phase of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Examination,
            Self::Admission,
            Self::Block,
            Self::Argument,
            Self::Precondition,
            Self::Transform,
            Self::Kernel,
        ]
        .into_iter()
        .find(|phase| phase.as_str() == word)
    }

    /// The word that the agent and the log see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Examination => "examination",
            Self::Admission => "admission",
            Self::Block => "block",
            Self::Argument => "argument",
            Self::Precondition => "precondition",
            Self::Transform => "transform",
            Self::Kernel => "kernel",
        }
    }
}

/// One objection. The agent gets the first, the log gets all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Objection {
    /// The rule's id, e.g. `no-destructive-ops` or `kernel.unknown-tool`.
    pub rule: Cow<'static, str>,
    /// Where in the fixed order it stands.
    pub phase: Phase,
    /// Why, in words that hold no argument value.
    pub reason: Cow<'static, str>,
    /// What to do instead.
    pub fix: Cow<'static, str>,
}

/// A refusal by rule: never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    first: Objection,
    rest: Vec<Objection>,
}

impl Denial {
    /// A refusal with one objection.
    #[must_use]
    pub fn of(first: Objection) -> Self {
        Self {
            first,
            rest: Vec::new(),
        }
    }

    /// The kernel's own refusal; `rule` is the part after `kernel.` with that prefix included.
    #[must_use]
    pub fn kernel(
        rule: &'static str,
        phase: Phase,
        reason: impl Into<Cow<'static, str>>,
        fix: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::of(Objection {
            rule: rule.into(),
            phase,
            reason: reason.into(),
            fix: fix.into(),
        })
    }

    /// All objections, ordered by phase and then rule; `None` where there are none.
    #[must_use]
    pub fn from_objections(mut objections: Vec<Objection>) -> Option<Self> {
        objections.sort_by(|a, b| (a.phase, &a.rule).cmp(&(b.phase, &b.rule)));
        let mut all = objections.into_iter();
        let first = all.next()?;
        Some(Self {
            first,
            rest: all.collect(),
        })
    }

    /// The objection that the agent is told.
    #[must_use]
    pub fn first(&self) -> &Objection {
        &self.first
    }

    /// Every objection, the first one first.
    pub fn all(&self) -> impl Iterator<Item = &Objection> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// The structured content that the agent receives.
    #[must_use]
    pub fn to_json(&self) -> Json {
        Json::object([
            ("decision", Json::from("deny")),
            ("rule", Json::from(self.first.rule.as_ref())),
            ("phase", Json::from(self.first.phase.as_str())),
            ("reason", Json::from(self.first.reason.as_ref())),
            ("fix", Json::from(self.first.fix.as_ref())),
        ])
    }
}
