//! One thing that a condition may ask about a call.
//! Knows nothing of how conditions are joined.

use serde_spanned::Spanned;

use super::{FactPattern, Hours, Scene, Truth};
use crate::capability::CapabilityPattern;
use crate::inspect::Fact;
use crate::manifest::Label;
use crate::policy::engine::Case;
use crate::policy::phase::{Check, Said};
use crate::policy::{ArgumentPath, LabelPattern, ToolPattern};

/// One question about a call. The set is closed, so that it can be printed, exhausted and proven.
#[derive(Clone, Debug)]
pub enum Matcher {
    /// The principal is one of these.
    Principal(Vec<Spanned<String>>),
    /// The principal has one of these roles.
    Role(Vec<Spanned<String>>),
    /// What is known of the principal under this name is one of these.
    Attribute(Spanned<String>, Vec<String>),
    /// The tool is one of these.
    Tool(Vec<Spanned<ToolPattern>>),
    /// The call needs a capability that one of these means.
    Capability(Vec<Spanned<CapabilityPattern>>),
    /// Something of this kind was found in the call.
    Fact(FactPattern),
    /// A labelled column is in the answer, or used by the call.
    Label(Vec<Spanned<LabelPattern>>),
    /// An argument is so.
    Argument(ArgumentTest),
    /// The decision falls into these hours.
    Time(Hours),
}

/// What a condition asks about one argument.
#[derive(Clone, Debug)]
pub struct ArgumentTest {
    /// Which one.
    pub name: Spanned<ArgumentPath>,
    /// Whether it is given, where that is all that is asked.
    pub given: Option<bool>,
    /// What must hold of it. An argument that is left out, or cannot be read so, is neither yes nor no.
    pub checks: Vec<Spanned<Check>>,
}

impl Matcher {
    /// The word of the kind, as policy files write it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Principal(_) => "principal",
            Self::Role(_) => "role",
            Self::Attribute(..) => "attribute",
            Self::Tool(_) => "tool",
            Self::Capability(_) => "capability",
            Self::Fact(_) => "fact",
            Self::Label(_) => "label",
            Self::Argument(_) => "argument",
            Self::Time(_) => "time",
        }
    }

    /// Whether it can turn from no to yes, and never back, when more is found in a call.
    #[must_use]
    pub fn is_of_findings(&self) -> bool {
        matches!(self, Self::Capability(_) | Self::Fact(_) | Self::Label(_))
    }

    /// Whether it asks for what the agent says.
    #[must_use]
    pub fn is_of_arguments(&self) -> bool {
        matches!(self, Self::Argument(_))
    }

    pub(in crate::policy) fn judge(&self, scene: &Scene<'_>) -> Truth {
        match (self, scene.call) {
            (Self::Principal(names), _) => {
                Truth::of(names.iter().any(|name| name.get_ref() == scene.principal))
            }
            (Self::Role(roles), _) => {
                let has =
                    |role: &Spanned<String>| scene.people.has_role(scene.principal, role.get_ref());
                Truth::of(roles.iter().any(has))
            }
            (Self::Attribute(key, values), _) => {
                let known = scene.people.attribute(scene.principal, key.get_ref());
                known.map_or(Truth::Unreadable, |known| {
                    Truth::of(values.iter().any(|value| value == known))
                })
            }
            (Self::Tool(tools), _) => {
                Truth::of(tools.iter().any(|tool| tool.get_ref().covers(scene.tool)))
            }
            (_, None) => Truth::Unknown,
            (Self::Capability(patterns), Some(case)) => {
                let meant = |c| patterns.iter().any(|pattern| pattern.get_ref().covers(c));
                Truth::of(case.needs().any(meant))
            }
            (Self::Fact(pattern), Some(case)) => pattern.judge(case.asked.findings, |argument| {
                case.hides_facts_of(argument)
            }),
            (Self::Label(patterns), Some(case)) => uses(patterns, case),
            (Self::Argument(test), Some(case)) => test.judge(case),
            (Self::Time(_), Some(case)) if case.ledger.clock_went_back => Truth::Unreadable,
            (Self::Time(hours), Some(case)) => Truth::of(hours.holds(case.now)),
        }
    }
}

fn uses(patterns: &[Spanned<LabelPattern>], case: &Case<'_>) -> Truth {
    let meant = |label: &Label| {
        patterns
            .iter()
            .any(|pattern| pattern.get_ref().covers(label))
    };
    let outputs = case.asked.outputs.unwrap_or_default();
    let leaves = outputs
        .iter()
        .flat_map(|output| output.labels.iter().chain(&output.summed));
    let used = case
        .asked
        .findings
        .iter()
        .filter_map(|finding| match &finding.fact {
            Fact::Filters(label)
            | Fact::LooksUp(label)
            | Fact::Constrains(label)
            | Fact::Launders(label) => Some(label),
            _ => None,
        });
    Truth::of(leaves.chain(used).any(meant))
}

impl ArgumentTest {
    fn judge(&self, case: &Case<'_>) -> Truth {
        let path = self.name.get_ref();
        let hidden = case.hides(path.name());
        let value = path.find(case.asked.arguments);
        if let Some(given) = self.given {
            return match hidden && path.is_inner() {
                true => Truth::Unknown,
                false => Truth::of(given == (hidden || value.is_some())),
            };
        }
        if hidden {
            return Truth::Unknown;
        }
        let Some(value) = value else {
            return Truth::Unreadable;
        };
        let said = Said {
            argument: path.name(),
            value,
            arguments: case.asked.arguments,
            findings: &[],
            lengths: &case.lengths,
        };
        let hold = |check: &Spanned<Check>| {
            let check = check.get_ref();
            if check.other().is_some_and(|other| case.hides(other.name())) {
                return Truth::Unknown;
            }
            check.holds(&said).map_or(Truth::Unreadable, Truth::of)
        };
        self.checks.iter().map(hold).fold(Truth::Yes, Truth::and)
    }
}
