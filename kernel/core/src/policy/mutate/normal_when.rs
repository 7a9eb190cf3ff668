//! What a condition says of all that there is, in one spelling.
//! Knows nothing of the rules that speak by it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_spanned::Spanned;

use super::normal::{capabilities_of, covers, labels_of};
use super::universe::{ANYBODY, Universe};
use crate::policy::phase::{Check, Comparison};
use crate::policy::when::{ArgumentTest, Condition, FactPattern, Hours, Matcher, Subjects};

pub(super) type Texts = BTreeSet<String>;

/// One condition; joints of joints of one kind are one, and what stands twice stands once.
pub(super) fn condition(when: &Condition, u: &Universe) -> String {
    match when {
        Condition::All(_) => joined(when, "all", u),
        Condition::Any(_) => joined(when, "any", u),
        Condition::Not(part) => match &**part {
            Condition::Not(inner) => condition(inner, u),
            part => format!("not({})", condition(part, u)),
        },
        Condition::Is(matcher) => question(matcher.get_ref(), u),
    }
}

fn joined(when: &Condition, word: &str, u: &Universe) -> String {
    let mut parts = Texts::new();
    let mut open = vec![when];
    while let Some(one) = open.pop() {
        match (one, word) {
            (Condition::All(inner), "all") | (Condition::Any(inner), "any") => open.extend(inner),
            (Condition::All(inner) | Condition::Any(inner), _) if inner.len() == 1 => {
                open.extend(inner)
            }
            (other, _) => drop(parts.insert(condition(other, u))),
        }
    }
    let always = parts.remove(ALWAYS);
    match (word, parts.len()) {
        ("any", _) if always => ALWAYS.to_owned(),
        ("all", 0) => ALWAYS.to_owned(),
        (_, 1) => parts.into_iter().collect(),
        _ => format!("{word}{parts:?}"),
    }
}

/// What holds of everybody.
pub(super) const ALWAYS: &str = "always";

fn question<'a>(matcher: &'a Matcher, u: &'a Universe) -> String {
    match matcher {
        Matcher::Principal(names) => {
            let named = |person: &str| names.iter().any(|name| name.get_ref() == person);
            let others = names.iter().map(|name| name.get_ref().as_str());
            people_of("who", u, others, |person| Some(named(person)))
        }
        Matcher::Role(roles) => {
            let has = |person: &str| {
                roles
                    .iter()
                    .any(|role| u.people.has_role(person, role.get_ref()))
            };
            people_of("who", u, [], |person| Some(has(person)))
        }
        Matcher::Attribute(key, values) => people_of("attribute", u, [], |person| {
            let known = u.people.attribute(person, key.get_ref())?;
            Some(values.iter().any(|value| value == known))
        }),
        Matcher::Tool(tools) => format!("tool{:?}", u.tools_of(|tool| covers(tools, tool))),
        Matcher::Capability(list) => format!("capability{:?}", capabilities_of(list, u)),
        Matcher::Label(list) => format!("label{:?}", labels_of(list, u)),
        Matcher::Fact(pattern) => {
            let FactPattern { kind, subjects } = pattern;
            let Subjects {
                patterns,
                except,
                paths,
            } = subjects;
            let patterns: Texts = patterns.iter().cloned().collect();
            format!("fact {kind} {patterns:?} {except} {paths}")
        }
        Matcher::Argument(test) => {
            let ArgumentTest {
                name,
                given,
                checks,
            } = test;
            format!(
                "argument {:?} {given:?} {:?}",
                name.get_ref().as_str(),
                checks_of(checks)
            )
        }
        Matcher::Time(hours) => week(*hours),
    }
}

/// What a question about people comes to, of everybody who is shown some tool; `others` are further names. One of
/// whom nobody knows is somebody else, who is shown what anybody is.
fn people_of<'a>(
    word: &str,
    u: &'a Universe,
    others: impl IntoIterator<Item = &'a str>,
    holds: impl Fn(&str) -> Option<bool>,
) -> String {
    let anybody = u.shown.contains(ANYBODY);
    let unknown = others
        .into_iter()
        .filter(|name| anybody && !u.known_people.contains(*name));
    let persons: BTreeSet<&str> = u.shown.iter().map(String::as_str).chain(unknown).collect();
    if persons.iter().all(|person| holds(person) == Some(true)) {
        return ALWAYS.to_owned();
    }
    let each = persons.iter().map(|person| match holds(person) {
        Some(holds) => format!("{person} {holds}"),
        None => format!("{person} cannot be told"),
    });
    // Of whom it does not hold is said by leaving them out.
    let each: Texts = each.filter(|one| !one.ends_with(" false")).collect();
    format!("{word}{each:?}")
}

/// The minutes of the week, in UTC, that are meant: where they begin and end.
fn week(hours: Hours) -> String {
    const MINUTES: i64 = 7 * 24 * 60;
    let meant = |minute: i64| {
        hours.holds(crate::now::Now {
            unix_ms: minute.saturating_mul(60_000),
        })
    };
    let mut text = format!("time {}", meant(0));
    for minute in 1..MINUTES {
        if meant(minute) != meant(minute.saturating_sub(1)) {
            // Writing into a String cannot fail.
            let _ = write!(text, " {minute}");
        }
    }
    text
}

pub(super) fn checks_of(checks: &[Spanned<Check>]) -> Texts {
    let one = |check: &Spanned<Check>| match check.get_ref() {
        Check::Equals(value) => format!("one of {:?}", Texts::from([value.to_string()])),
        Check::OneOf(values) => {
            let values: Texts = values.iter().map(ToString::to_string).collect();
            format!("one of {values:?}")
        }
        Check::Min(number) => format!("min {number:?}"),
        Check::Max(number) => format!("max {number:?}"),
        Check::LengthMin(number) => format!("length min {number}"),
        Check::LengthMax(number) => format!("length max {number}"),
        Check::Matches(pattern) => format!("matches {:?}", pattern.as_str()),
        Check::Prefix(prefixes) => format!("prefix {:?}", prefixes.iter().collect::<BTreeSet<_>>()),
        Check::Glob(globs) => {
            let globs: Texts = globs.iter().map(|glob| glob.as_str().to_owned()).collect();
            format!("glob {globs:?}")
        }
        Check::Type(word) => format!("type {word}"),
        Check::Versus(Comparison { relation, other }) => {
            format!("{relation:?} {:?}", other.as_str())
        }
    };
    checks.iter().map(one).collect()
}
