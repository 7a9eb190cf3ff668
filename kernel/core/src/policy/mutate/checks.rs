//! Checks of an argument with one thing changed.
//! Knows nothing of the rules and conditions that ask for them.

use std::ops::Range;

use serde_spanned::Spanned;

use crate::json::Json;
use crate::policy::phase::{Check, Comparison, Glob, Relation};

/// A list of checks with one change, where that stands, and what it is.
pub(super) type Altered = (Vec<Spanned<Check>>, Range<usize>, String);

/// Every small change of a list of checks; the first of each leaves it out.
pub(super) fn altered(checks: &[Spanned<Check>]) -> Vec<Altered> {
    let mut found = Vec::new();
    for (place, check) in checks.iter().enumerate() {
        let with = |changed: Option<Check>| {
            let each = checks.iter().enumerate();
            let each = each.filter_map(|(at, other)| match at == place {
                true => changed
                    .clone()
                    .map(|changed| Spanned::new(other.span(), changed)),
                false => Some(other.clone()),
            });
            each.collect::<Vec<_>>()
        };
        let word = word(check.get_ref());
        found.push((with(None), check.span(), format!("`{word}` is left out")));
        for (changed, change) in others(check.get_ref()) {
            found.push((
                with(Some(changed)),
                check.span(),
                format!("`{word}`: {change}"),
            ));
        }
    }
    found
}

fn word(check: &Check) -> &'static str {
    match check {
        Check::Equals(_) => "equals",
        Check::OneOf(_) => "one_of",
        Check::Min(_) => "min",
        Check::Max(_) => "max",
        Check::LengthMin(_) | Check::LengthMax(_) => "length",
        Check::Matches(_) => "matches",
        Check::Prefix(_) => "prefix",
        Check::Glob(_) => "glob",
        Check::Type(_) => "type",
        Check::Versus(comparison) => match comparison.relation {
            Relation::Same => "same_as",
            Relation::Differs => "differs_from",
            Relation::Less => "less_than",
            Relation::AtMost => "at_most",
        },
    }
}

fn others(check: &Check) -> Vec<(Check, String)> {
    let moved = |number: f64, make: fn(f64) -> Check| {
        let each = [number - 1.0, number + 1.0].into_iter();
        each.map(|other| (make(other), format!("{other}, not {number}")))
            .collect()
    };
    let counted = |number: u64, make: fn(u64) -> Check| {
        let each = [number.checked_sub(1), number.checked_add(1)].into_iter();
        each.flatten()
            .map(|other| (make(other), format!("{other}, not {number}")))
            .collect()
    };
    match check {
        Check::Equals(value) => vec![(Check::Equals(other(value)), "another value".to_owned())],
        Check::OneOf(values) => less(values, |value| value.to_string())
            .into_iter()
            .map(|(rest, change)| (Check::OneOf(rest), change))
            .collect(),
        Check::Min(number) => moved(*number, Check::Min),
        Check::Max(number) => moved(*number, Check::Max),
        Check::LengthMin(number) => counted(*number, Check::LengthMin),
        Check::LengthMax(number) => counted(*number, Check::LengthMax),
        Check::Matches(_) => Vec::new(), // a pattern says what it says; left out it is above
        Check::Prefix(prefixes) => paths(prefixes),
        Check::Glob(globs) => {
            let less = less(globs, |glob| format!("`{}`", glob.as_str())).into_iter();
            let mut found: Vec<_> = less
                .map(|(rest, change)| (Check::Glob(rest), change))
                .collect();
            let any = Glob::parse("**").map(|any| (Check::Glob(vec![any]), "any path".to_owned()));
            found.extend(any);
            found
        }
        Check::Type(word) => ["string", "integer", "number", "boolean", "array", "null"]
            .into_iter()
            .filter(|other| other != word)
            .map(|other| (Check::Type(other), format!("`{other}`, not `{word}`")))
            .collect(),
        Check::Versus(comparison) => {
            let Comparison { relation, other } = comparison;
            let all = [
                (Relation::Same, "same_as"),
                (Relation::Differs, "differs_from"),
                (Relation::Less, "less_than"),
                (Relation::AtMost, "at_most"),
            ];
            let others = all.into_iter().filter(|(one, _)| one != relation);
            others
                .map(|(relation, word)| {
                    let other = other.clone();
                    (
                        Check::Versus(Comparison { relation, other }),
                        format!("`{word}`"),
                    )
                })
                .collect()
        }
    }
}

/// Each of several left out.
fn less<T: Clone>(list: &[T], name: impl Fn(&T) -> String) -> Vec<(Vec<T>, String)> {
    let mut found = Vec::new();
    for (place, gone) in list.iter().enumerate().filter(|_| list.len() > 1) {
        let rest = list.iter().enumerate().filter(|(at, _)| *at != place);
        let rest = rest.map(|(_, one)| one.clone()).collect();
        found.push((rest, format!("without {}", name(gone))));
    }
    found
}

/// Each path left out, and each widened to the folder above.
fn paths(prefixes: &[String]) -> Vec<(Check, String)> {
    let less = less(prefixes, |prefix| format!("`{prefix}`")).into_iter();
    let mut found: Vec<_> = less
        .map(|(rest, change)| (Check::Prefix(rest), change))
        .collect();
    for prefix in prefixes {
        let Some((above, _)) = prefix.rsplit_once('/') else {
            continue;
        };
        let widened = prefixes.iter().map(|one| match one == prefix {
            true => above.to_owned(),
            false => one.clone(),
        });
        let change = format!("`{prefix}` is widened to `{above}`");
        found.push((Check::Prefix(widened.collect()), change));
    }
    found
}

/// A value of the same type that is another one.
fn other(value: &Json) -> Json {
    match value {
        Json::String(text) => Json::string(format!("{text}-")),
        Json::Bool(flag) => Json::Bool(!flag),
        Json::Number(number) => Json::from(number.as_i64().map_or(0, |n| n.wrapping_add(1))),
        Json::Null => Json::Bool(true),
        Json::Array(items) => match items.is_empty() {
            true => Json::Array(vec![Json::Null]),
            false => Json::Array(Vec::new()),
        },
        Json::Object(object) => match object.is_empty() {
            true => Json::object([("other", Json::Null)]),
            false => Json::Object(crate::json::Object::new()),
        },
    }
}
