//! Conditions of the second engine.
//! Shares no judgement with core.

use aegis_core::inspect::Fact;
use aegis_core::manifest::{Access, Label};
use aegis_core::policy::when::{ArgumentTest, Condition, FactPattern, Hours, Matcher, Subjects};

use super::checks::{self, Value};
use super::engine::{Asked, matches};

/// Whether a condition holds, or cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    Yes,
    No,
    Cannot,
}

pub fn of(holds: bool) -> Truth {
    if holds { Truth::Yes } else { Truth::No }
}

pub fn holds(asked: &Asked<'_>, condition: &Condition) -> Truth {
    match condition {
        Condition::All(parts) => all(parts.iter().map(|part| holds(asked, part)).collect()),
        Condition::Any(parts) => any(parts.iter().map(|part| holds(asked, part)).collect()),
        Condition::Not(part) => match holds(asked, part) {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Cannot => Truth::Cannot,
        },
        Condition::Is(matcher) => question(asked, matcher.get_ref()),
    }
}

pub fn all(parts: Vec<Truth>) -> Truth {
    match () {
        () if parts.contains(&Truth::No) => Truth::No,
        () if parts.contains(&Truth::Cannot) => Truth::Cannot,
        () => Truth::Yes,
    }
}

pub fn any(parts: Vec<Truth>) -> Truth {
    match () {
        () if parts.contains(&Truth::Yes) => Truth::Yes,
        () if parts.contains(&Truth::Cannot) => Truth::Cannot,
        () => Truth::No,
    }
}

fn question(asked: &Asked<'_>, matcher: &Matcher) -> Truth {
    let me = asked.principal();
    match matcher {
        Matcher::Principal(names) => of(names.iter().any(|name| name.get_ref() == me)),
        Matcher::Role(roles) => {
            let mine = asked.people.roles.get(me);
            of(roles
                .iter()
                .any(|role| mine.is_some_and(|mine| mine.contains(role.get_ref()))))
        }
        Matcher::Attribute(key, values) => {
            let known = asked.people.attributes.get(me);
            match known.and_then(|known| known.get(key.get_ref())) {
                None => Truth::Cannot,
                Some(value) => of(values.contains(value)),
            }
        }
        Matcher::Tool(tools) => of(tools
            .iter()
            .any(|tool| matches(tool.get_ref().as_str(), &asked.tool()))),
        Matcher::Capability(patterns) => {
            let needs = asked.needs();
            of(patterns.iter().any(|p| {
                needs
                    .iter()
                    .any(|c| matches(p.get_ref().as_str(), c.as_str()))
            }))
        }
        Matcher::Fact(pattern) => of(asked
            .facts()
            .any(|finding| is_meant(pattern, &finding.fact))),
        Matcher::Label(patterns) => {
            let mut labels: Vec<&Label> = Vec::new();
            for output in asked.call.outputs.unwrap_or_default() {
                labels.extend(&output.labels);
                labels.extend(&output.summed);
            }
            for finding in asked.facts() {
                if let Fact::Filters(label)
                | Fact::LooksUp(label)
                | Fact::Constrains(label)
                | Fact::Launders(label) = &finding.fact
                {
                    labels.push(label);
                }
            }
            of(patterns.iter().any(|p| {
                labels
                    .iter()
                    .any(|label| label_is(p.get_ref().as_str(), label))
            }))
        }
        Matcher::Argument(test) => argument(asked, test),
        Matcher::Time(_) if asked.ledger.clock_went_back => Truth::Cannot,
        Matcher::Time(hours) => of(within(hours, asked.now.unix_ms)),
    }
}

fn argument(asked: &Asked<'_>, test: &ArgumentTest) -> Truth {
    let path = test.name.get_ref().as_str();
    let value = checks::find(path, asked.call.arguments);
    match (test.given, value) {
        (Some(given), value) => of(given == value.is_some()),
        (None, None) => Truth::Cannot,
        (None, Some(value)) => {
            let value = Value {
                path,
                value,
                arguments: asked.call.arguments,
                findings: &[],
            };
            let each =
                test.checks
                    .iter()
                    .map(|check| match checks::holds(check.get_ref(), &value) {
                        Some(holds) => of(holds),
                        None => Truth::Cannot,
                    });
            all(each.collect())
        }
    }
}

/// `pii.*` is every label below `pii`, `*` every label.
pub fn label_is(pattern: &str, label: &Label) -> bool {
    match pattern {
        "*" => true,
        _ => matches(pattern, label.as_str()),
    }
}

fn is_meant(pattern: &FactPattern, fact: &Fact) -> bool {
    let word = match fact {
        Fact::Touches {
            access: Access::List,
            ..
        } => "lists-path",
        Fact::Touches {
            access: Access::Read,
            ..
        } => "reads-path",
        Fact::Touches {
            access: Access::Write,
            ..
        } => "writes-path",
        Fact::Touches {
            access: Access::Delete,
            ..
        } => "deletes-path",
        other => other.kind(),
    };
    word == pattern.kind && subject_is(&pattern.subjects, fact.subject())
}

fn subject_is(subjects: &Subjects, subject: &str) -> bool {
    let named = subjects
        .patterns
        .iter()
        .any(|pattern| match (subjects.paths, subjects.except) {
            (true, _) => path_is(pattern, subject),
            (false, true) => matches(pattern, subject),
            (false, false) => matches(&pattern.to_ascii_lowercase(), &subject.to_ascii_lowercase()),
        });
    named != subjects.except
}

/// `silver/*` is the folder and all within, component by component.
pub fn path_is(pattern: &str, path: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    match pattern.strip_suffix("/*") {
        None => pattern == path,
        Some(folder) => {
            let (folder, path): (Vec<&str>, Vec<&str>) =
                (folder.split('/').collect(), path.split('/').collect());
            path.len() >= folder.len() && path[..folder.len()] == folder[..]
        }
    }
}

/// Monday is the first day; the fourth of January 1970 was a Sunday.
fn within(hours: &Hours, unix_ms: i64) -> bool {
    let minute = (unix_ms as f64 / 60_000.0).floor() as i64 + i64::from(hours.zone);
    let since_sunday = minute - 3 * 1_440;
    let of_week = ((since_sunday % 10_080) + 10_080) % 10_080;
    let (weekday, of_day) = (of_week / 1_440, of_week % 1_440);
    let from_monday = (weekday + 6) % 7;
    hours.days[from_monday as usize]
        && of_day >= i64::from(hours.from)
        && of_day < i64::from(hours.to)
}
