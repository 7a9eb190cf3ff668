//! Whether one condition, or one pattern, certainly means no more than another.
//! Knows nothing of rules. A no means that it is not certain.

use serde_spanned::Spanned;

use crate::capability::CapabilityPattern;
use crate::policy::phase::Check;
use crate::policy::when::{ArgumentTest, Condition, FactPattern, Hours, Matcher, Subjects};
use crate::policy::{LabelPattern, ToolPattern};

/// Which worth of a condition is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// It holds, or cannot be told: a rule that objects or obliges speaks.
    Speaks,
    /// It holds: a rule that grants speaks.
    Holds,
}

impl Worth {
    /// What is asked of two conditions under a `not`.
    fn turned(self) -> Self {
        match self {
            Self::Speaks => Self::Holds,
            Self::Holds => Self::Speaks,
        }
    }
}

/// Whether the second has this worth wherever the first has it.
pub(super) fn implies(one: Option<&Condition>, other: Option<&Condition>, worth: Worth) -> bool {
    match (one, other) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(one), Some(other)) => condition(one, other, worth),
    }
}

/// Conditions are joined alike for both worths: all of them have it, or one has.
fn condition(one: &Condition, other: &Condition, worth: Worth) -> bool {
    use Condition::{All, Any, Is, Not};
    match (one, other) {
        (_, All(parts)) => parts.iter().all(|part| condition(one, part, worth)),
        (Any(parts), _) => parts.iter().all(|part| condition(part, other, worth)),
        (All(parts), Any(others)) => {
            parts.iter().any(|part| condition(part, other, worth))
                || others.iter().any(|part| condition(one, part, worth))
        }
        (All(parts), _) => parts.iter().any(|part| condition(part, other, worth)),
        (_, Any(others)) => others.iter().any(|part| condition(one, part, worth)),
        // What is not so for the first, is not so for the second: the other way round, of the other worth.
        (Not(one), Not(other)) => condition(other, one, worth.turned()),
        (Is(one), Is(other)) => matcher(one.get_ref(), other.get_ref()),
        (Is(_), Not(_)) | (Not(_), Is(_)) => false,
    }
}

/// Two questions of one kind come to their reasons why neither yes nor no together, so one answer does for both worths.
fn matcher(one: &Matcher, other: &Matcher) -> bool {
    match (one, other) {
        (Matcher::Principal(one), Matcher::Principal(other))
        | (Matcher::Role(one), Matcher::Role(other)) => words(one, other),
        (Matcher::Attribute(key, one), Matcher::Attribute(other_key, other)) => {
            key.get_ref() == other_key.get_ref() && one.iter().all(|value| other.contains(value))
        }
        (Matcher::Tool(one), Matcher::Tool(other)) => tools(one, other),
        (Matcher::Capability(one), Matcher::Capability(other)) => capabilities(one, other),
        (Matcher::Label(one), Matcher::Label(other)) => labels(one, other),
        (Matcher::Fact(one), Matcher::Fact(other)) => facts(one, other),
        (Matcher::Argument(one), Matcher::Argument(other)) => arguments(one, other),
        (Matcher::Time(one), Matcher::Time(other)) => hours(one, other),
        _ => false,
    }
}

/// Whether each word of the first is one of the second's.
pub(super) fn words(one: &[Spanned<String>], other: &[Spanned<String>]) -> bool {
    let has = |word: &Spanned<String>| other.iter().any(|w| w.get_ref() == word.get_ref());
    one.iter().all(has)
}

/// `s3__put`, `s3__*` and `*`; of capabilities and labels likewise.
fn pattern(one: &str, other: &str) -> bool {
    match other.strip_suffix('*') {
        Some(stem) => one.starts_with(stem),
        None => one == other,
    }
}

fn patterns<T>(one: &[Spanned<T>], other: &[Spanned<T>], text: fn(&T) -> &str) -> bool {
    one.iter().all(|p| {
        let mut wider = other.iter();
        wider.any(|q| pattern(text(p.get_ref()), text(q.get_ref())))
    })
}

pub(super) fn tools(one: &[Spanned<ToolPattern>], other: &[Spanned<ToolPattern>]) -> bool {
    patterns(one, other, ToolPattern::as_str)
}

pub(super) fn capabilities(
    one: &[Spanned<CapabilityPattern>],
    other: &[Spanned<CapabilityPattern>],
) -> bool {
    patterns(one, other, CapabilityPattern::as_str)
}

fn labels(one: &[Spanned<LabelPattern>], other: &[Spanned<LabelPattern>]) -> bool {
    patterns(one, other, LabelPattern::as_str)
}

fn facts(one: &FactPattern, other: &FactPattern) -> bool {
    one.kind == other.kind && subjects(&one.subjects, &other.subjects)
}

fn subjects(one: &Subjects, other: &Subjects) -> bool {
    if other.is_any() || one == other {
        return true;
    }
    if one.except || other.except || one.paths != other.paths {
        return false;
    }
    let inside = |p: &String| other.patterns.iter().any(|q| pattern(p, q));
    one.patterns.iter().all(inside)
}

fn arguments(one: &ArgumentTest, other: &ArgumentTest) -> bool {
    one.name.get_ref() == other.name.get_ref()
        && one.given == other.given
        && checks(&one.checks, &other.checks)
}

/// Whether whatever passes the first passes the second: each check of the second is one of the first's.
pub(super) fn checks(one: &[Spanned<Check>], other: &[Spanned<Check>]) -> bool {
    let same = |a: &Check, b: &Check| match (a, b) {
        (Check::Min(a), Check::Min(b)) => a >= b,
        (Check::Max(a), Check::Max(b)) => a <= b,
        (Check::LengthMin(a), Check::LengthMin(b)) => a >= b,
        (Check::LengthMax(a), Check::LengthMax(b)) => a <= b,
        (a, b) => format!("{a:?}") == format!("{b:?}"),
    };
    other.iter().all(|wanted| {
        let mut held = one.iter();
        held.any(|check| same(check.get_ref(), wanted.get_ref()))
    })
}

fn hours(one: &Hours, other: &Hours) -> bool {
    let days = one.days.iter().zip(other.days);
    one.zone == other.zone
        && other.from <= one.from
        && one.to <= other.to
        && days.into_iter().all(|(one, other)| !one || other)
}
