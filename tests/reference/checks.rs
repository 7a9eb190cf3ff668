//! Checks of arguments of the second engine.
//! Shares no judgement with core but the regular expressions themselves.

use aegis_core::inspect::{Fact, Finding};
use aegis_core::json::{Json, Object};
use aegis_core::policy::phase::{Check, Relation};

/// One value with what else the call says.
pub struct Value<'a> {
    pub path: &'a str,
    pub value: &'a Json,
    pub arguments: &'a Object,
    pub findings: &'a [Finding],
}

/// The steps of `/a/0`, or the name alone.
fn steps(path: &str) -> Vec<String> {
    match path.strip_prefix('/') {
        None => vec![path.to_owned()],
        Some(rest) => rest
            .split('/')
            .map(|step| step.replace("~1", "/").replace("~0", "~"))
            .collect(),
    }
}

pub fn name(path: &str) -> String {
    steps(path).remove(0)
}

pub fn find<'a>(path: &str, arguments: &'a Object) -> Option<&'a Json> {
    let steps = steps(path);
    let mut value = arguments.get(&steps[0])?;
    for step in &steps[1..] {
        value = match value {
            Json::Object(object) => object.get(step)?,
            Json::Array(items) => {
                let plain = step == "0"
                    || (!step.starts_with('0') && step.chars().all(|c| c.is_ascii_digit()));
                items.get(step.parse::<usize>().ok().filter(|_| plain)?)?
            }
            _ => return None,
        };
    }
    Some(value)
}

fn number(value: &Json) -> Option<f64> {
    match value {
        Json::Number(number) => number
            .lexeme()
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite()),
        _ => None,
    }
}

fn length(value: &Json) -> Option<u64> {
    match value {
        Json::String(text) => Some(text.chars().count() as u64),
        Json::Array(items) => Some(items.len() as u64),
        _ => None,
    }
}

/// Whether it holds; `None` where that cannot be told.
pub fn holds(check: &Check, said: &Value<'_>) -> Option<bool> {
    let value = said.value;
    let name = name(said.path);
    let paths: Vec<&str> = said
        .findings
        .iter()
        .filter(|finding| finding.argument == name)
        .filter_map(|finding| match &finding.fact {
            Fact::Touches { path, .. } => Some(path.as_str()),
            _ => None,
        })
        .collect();
    match check {
        Check::Equals(wanted) => Some(value == wanted),
        Check::OneOf(wanted) => Some(wanted.iter().any(|one| one == value)),
        Check::Min(min) => Some(number(value)? >= *min),
        Check::Max(max) => Some(number(value)? <= *max),
        Check::LengthMin(min) => Some(length(value)? >= *min),
        Check::LengthMax(max) => Some(length(value)? <= *max),
        Check::Matches(pattern) => match value {
            Json::String(text) => Some(pattern.is_match(text)),
            _ => None,
        },
        Check::Prefix(prefixes) => {
            let inside = |path: &&str| {
                prefixes
                    .iter()
                    .any(|prefix| path == prefix || path.starts_with(&format!("{prefix}/")))
            };
            (!paths.is_empty()).then(|| paths.iter().all(inside))
        }
        Check::Glob(globs) => {
            let meant = |text: &str| {
                globs
                    .iter()
                    .any(|one| glob(&chars(one.as_str()), &chars(text)))
            };
            match (paths.is_empty(), value) {
                (false, _) => Some(paths.iter().all(|path| meant(path))),
                (true, Json::String(text)) => Some(meant(text)),
                (true, _) => None,
            }
        }
        Check::Type(word) => Some(match (*word, value) {
            ("string", Json::String(_))
            | ("array", Json::Array(_))
            | ("number", Json::Number(_)) => true,
            ("boolean", Json::Bool(_)) | ("null", Json::Null) => true,
            ("integer", Json::Number(number)) => number.lexeme().parse::<i64>().is_ok(),
            _ => false,
        }),
        Check::Versus(comparison) => {
            let other = find(comparison.other.as_str(), said.arguments)?;
            relates(comparison.relation, value, other)
        }
    }
}

fn relates(relation: Relation, one: &Json, other: &Json) -> Option<bool> {
    let order = match (one, other) {
        (Json::Number(a), Json::Number(b)) => {
            match (a.lexeme().parse::<i128>(), b.lexeme().parse::<i128>()) {
                (Ok(a), Ok(b)) if i64::try_from(a).is_ok() && i64::try_from(b).is_ok() => {
                    Some(a.cmp(&b))
                }
                _ => number(one)
                    .zip(number(other))
                    .and_then(|(a, b)| a.partial_cmp(&b)),
            }
        }
        (Json::String(a), Json::String(b)) => Some(a.bytes().cmp(b.bytes())),
        _ => None,
    };
    let both_numbers = matches!((one, other), (Json::Number(_), Json::Number(_)));
    let same = one == other || (both_numbers && order.is_some_and(|order| order.is_eq()));
    match relation {
        Relation::Same => Some(same),
        Relation::Differs => Some(!same),
        Relation::Less => order.map(|order| order.is_lt()),
        Relation::AtMost => order.map(|order| order.is_le()),
    }
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// `**` is anything, `*` anything within a component, `?` one character of one.
fn glob(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', '*', rest @ ..] => (0..=text.len()).any(|at| glob(rest, &text[at..])),
        ['*', rest @ ..] => (0..=text.len())
            .take_while(|at| !text[..*at].contains(&'/'))
            .any(|at| glob(rest, &text[at..])),
        ['?', rest @ ..] => {
            matches!(text, [first, others @ ..] if *first != '/' && glob(rest, others))
        }
        [letter, rest @ ..] => {
            matches!(text, [first, others @ ..] if first == letter && glob(rest, others))
        }
    }
}
