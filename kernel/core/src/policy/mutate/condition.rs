//! Conditions with one thing changed.
//! Knows nothing of the rules that speak by them.

use std::ops::Range;

use serde_spanned::Spanned;

use super::universe::Universe;
use super::{checks, lists};
use crate::policy::when::{ArgumentTest, Condition, FactPattern, Hours, Matcher, Subjects};

/// A condition with one change; `None` is always.
pub(super) struct Altered {
    pub(super) condition: Option<Condition>,
    pub(super) at: Range<usize>,
    pub(super) change: String,
    pub(super) told_by: String,
}

/// Every small change of a rule's `when`.
pub(super) fn altered(when: &Condition, universe: &Universe) -> Vec<Altered> {
    let whole = Altered {
        condition: None,
        at: place(when),
        change: "`when` is left out".to_owned(),
        told_by: "a case in which `when` does not hold".to_owned(),
    };
    let mut found = vec![whole];
    found.extend(inside(when, universe));
    found
}

fn place(condition: &Condition) -> Range<usize> {
    let first = condition.matchers().first().map(|one| one.span());
    first.unwrap_or_default()
}

/// What a condition is called in words.
fn name(condition: &Condition) -> String {
    match condition {
        Condition::All(_) => "all".to_owned(),
        Condition::Any(_) => "any".to_owned(),
        Condition::Not(part) => format!("not {}", name(part)),
        Condition::Is(matcher) => matcher.get_ref().word().to_owned(),
    }
}

fn one(condition: Condition, at: Range<usize>, change: String, told_by: String) -> Altered {
    Altered {
        condition: Some(condition),
        at,
        change,
        told_by,
    }
}

fn inside(condition: &Condition, universe: &Universe) -> Vec<Altered> {
    let (at, name) = (place(condition), name(condition));
    let decides = format!("a case in which `{name}` alone decides whether the rule speaks");
    let negated = || {
        let negated = Condition::Not(Box::new(condition.clone()));
        one(
            negated,
            at.clone(),
            format!("`{name}` is turned around"),
            decides.clone(),
        )
    };
    match condition {
        Condition::All(parts) => {
            let joined = (
                parts.as_slice(),
                Condition::All as fn(_) -> _,
                Condition::Any as fn(_) -> _,
            );
            let mut found = vec![negated()];
            found.extend(joint(joined, ("all", "any"), universe));
            found
        }
        Condition::Any(parts) => {
            let joined = (
                parts.as_slice(),
                Condition::Any as fn(_) -> _,
                Condition::All as fn(_) -> _,
            );
            let mut found = vec![negated()];
            found.extend(joint(joined, ("any", "all"), universe));
            found
        }
        Condition::Not(part) => {
            let plain = one(
                (**part).clone(),
                at,
                "`not` is taken away".to_owned(),
                decides,
            );
            let mut found = vec![plain];
            // Turned around, the part of a `not` says what taking the `not` away says.
            let inner = inside(part, universe).into_iter();
            let doubled = |altered: &Altered| matches!(&altered.condition, Some(Condition::Not(inner)) if matches!((&**inner, &**part), (Condition::Is(a), Condition::Is(b)) if a.span() == b.span()));
            found.extend(inner.filter(|altered| !doubled(altered)).map(wrapped));
            found
        }
        Condition::Is(matcher) => {
            let mut found = vec![negated()];
            found.extend(questions(matcher, universe));
            found
        }
    }
}

fn wrapped(altered: Altered) -> Altered {
    Altered {
        condition: altered.condition.map(|part| Condition::Not(Box::new(part))),
        ..altered
    }
}

type Join = fn(Vec<Condition>) -> Condition;

/// Each part left out and changed, and the whole joined the other way.
fn joint(
    (parts, join, other): (&[Condition], Join, Join),
    (word, swapped): (&str, &str),
    universe: &Universe,
) -> Vec<Altered> {
    let mut found = Vec::new();
    let at = parts.first().map(place).unwrap_or_default();
    if parts.len() > 1 {
        let told = "a case in which some of the parts hold and others do not".to_owned();
        let change = format!("`{word}` is `{swapped}`");
        found.push(one(other(parts.to_vec()), at, change, told));
    }
    for (place_of, part) in parts.iter().enumerate() {
        let others = || {
            let others = parts.iter().enumerate().filter(|(at, _)| *at != place_of);
            others.map(|(_, other)| other.clone()).collect::<Vec<_>>()
        };
        if parts.len() > 1 {
            let name = name(part);
            let told = format!("a case in which `{name}` alone decides whether the rule speaks");
            let change = format!("`{name}` is left out of `{word}`");
            found.push(one(join(others()), place(part), change, told));
        }
        for altered in inside(part, universe) {
            let changed = parts
                .iter()
                .enumerate()
                .filter_map(|(at, other)| match at == place_of {
                    true => altered.condition.clone(),
                    false => Some(other.clone()),
                });
            let condition = Some(join(changed.collect()));
            found.push(Altered {
                condition,
                ..altered
            });
        }
    }
    found
}

/// Every small change of one question.
fn questions(matcher: &Spanned<Matcher>, universe: &Universe) -> Vec<Altered> {
    let at = matcher.span();
    let with = |changed: Matcher, at: Range<usize>, change: String, told_by: String| {
        let is = Condition::Is(Spanned::new(matcher.span(), changed));
        one(is, at, change, told_by)
    };
    fn each<P: lists::Pattern>(
        list: &[Spanned<P>],
        universe: &Universe,
        with: impl Fn(Vec<Spanned<P>>, Range<usize>, String, String) -> Altered,
    ) -> Vec<Altered> {
        let altered = lists::altered(list, universe).into_iter();
        altered
            .map(|one| with(one.list, one.at, one.change, one.told_by))
            .collect()
    }
    match matcher.get_ref() {
        Matcher::Principal(list) => each(list, universe, |l, at, c, t| {
            with(Matcher::Principal(l), at, c, t)
        }),
        Matcher::Role(list) => each(list, universe, |l, at, c, t| {
            with(Matcher::Role(l), at, c, t)
        }),
        Matcher::Tool(list) => each(list, universe, |l, at, c, t| {
            with(Matcher::Tool(l), at, c, t)
        }),
        Matcher::Capability(list) => each(list, universe, |l, at, c, t| {
            with(Matcher::Capability(l), at, c, t)
        }),
        Matcher::Label(list) => each(list, universe, |l, at, c, t| {
            with(Matcher::Label(l), at, c, t)
        }),
        Matcher::Attribute(key, values) => {
            let less = (0..values.len()).filter(|_| values.len() > 1);
            let less = less.filter_map(|place| {
                let mut rest = values.clone();
                let gone = (place < rest.len()).then(|| rest.remove(place))?;
                let told = format!("a case of somebody whose `{}` is `{gone}`", key.get_ref());
                let changed = Matcher::Attribute(key.clone(), rest);
                Some(with(
                    changed,
                    at.clone(),
                    format!("`{gone}` is left out"),
                    told,
                ))
            });
            less.collect()
        }
        Matcher::Fact(pattern) => facts(pattern)
            .into_iter()
            .map(|(pattern, change, told)| with(Matcher::Fact(pattern), at.clone(), change, told))
            .collect(),
        Matcher::Argument(test) => arguments(test)
            .into_iter()
            .map(|(test, at, change, told)| with(Matcher::Argument(test), at, change, told))
            .collect(),
        Matcher::Time(hours) => times(*hours)
            .into_iter()
            .map(|(hours, change, told)| with(Matcher::Time(hours), at.clone(), change, told))
            .collect(),
    }
}

fn arguments(test: &ArgumentTest) -> Vec<(ArgumentTest, Range<usize>, String, String)> {
    let ArgumentTest {
        name,
        given,
        checks,
    } = test;
    let told = format!("a case at the bound of `{}`", name.get_ref().as_str());
    // To leave the whole question out is a change of its own.
    let changed = checks::altered(checks).into_iter();
    let changed = changed.filter(|(list, ..)| !list.is_empty());
    changed
        .map(|(checks, at, change)| {
            let test = ArgumentTest {
                name: name.clone(),
                given: *given,
                checks,
            };
            (test, at, change, told.clone())
        })
        .collect()
}

fn facts(pattern: &FactPattern) -> Vec<(FactPattern, String, String)> {
    let FactPattern { kind, subjects } = pattern;
    let Subjects {
        patterns,
        except,
        paths,
    } = subjects;
    let with = |patterns: Vec<String>, except: bool| FactPattern {
        kind,
        subjects: Subjects {
            patterns,
            except,
            paths: *paths,
        },
    };
    let mut found = Vec::new();
    for (place, one) in patterns.iter().enumerate().filter(|_| patterns.len() > 1) {
        let mut rest = patterns.clone();
        if place < rest.len() {
            rest.remove(place);
        }
        let told = format!("a case with the fact `{kind}` of `{one}`");
        found.push((with(rest, *except), format!("`{one}` is left out"), told));
    }
    if !subjects.is_any() {
        let told = format!("a case with the fact `{kind}` of something that is not meant");
        let any = with(vec!["*".to_owned()], false);
        found.push((any, format!("`{kind}` is of anything"), told.clone()));
        let turned = with(patterns.clone(), !except);
        found.push((turned, format!("`{kind}` is of all others"), told));
    }
    found
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const HOUR: i16 = 60;

fn times(hours: Hours) -> Vec<(Hours, String, String)> {
    let Hours {
        days,
        from,
        to,
        zone,
    } = hours;
    let mut found = Vec::new();
    for (place, day) in DAYS.iter().enumerate() {
        let mut turned = days;
        if let Some(meant) = turned.get_mut(place) {
            *meant = !*meant;
            let word = if *meant { "is meant" } else { "is not meant" };
            let told = format!("a case on `{day}` within the hours (`at`)");
            let hours = Hours {
                days: turned,
                ..hours
            };
            found.push((hours, format!("`{day}` {word}"), told));
        }
    }
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let bounds = [("from", from), ("to", to)];
    for (key, minute) in bounds {
        let moved = [
            minute.checked_sub(1),
            minute.checked_add(1).filter(|m| *m <= 24 * 60),
        ];
        for other in moved.into_iter().flatten() {
            let moved = match key {
                "from" => Hours {
                    from: other,
                    ..hours
                },
                _ => Hours { to: other, ..hours },
            };
            let change = format!("`{key}` is {}, not {}", clock(other), clock(minute));
            let told = format!(
                "cases in the minutes before and after {} (`at`)",
                clock(minute)
            );
            found.push((moved, change, told));
        }
    }
    for other in [zone.saturating_sub(HOUR), zone.saturating_add(HOUR)] {
        let told = "cases at the bounds of the hours (`at`)".to_owned();
        let change = format!("`zone` is moved by {} minutes", other.saturating_sub(zone));
        found.push((
            Hours {
                zone: other,
                ..hours
            },
            change,
            told,
        ));
    }
    found
}
