//! What is other in one definition than in another, member by member.
//! Knows nothing of which of the two was accepted.

use std::fmt::Write as _;

use super::Definition;
use super::visible::visible;
use crate::json::Json;

/// One place at which two definitions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// A JSON pointer into the definition.
    pub pointer: String,
    /// What stood there; `None` where it is new.
    pub before: Option<Json>,
    /// What stands there now; `None` where it is gone.
    pub after: Option<Json>,
}

/// Every difference, in the order of the earlier definition, new places after the others around them.
#[must_use]
pub fn changes(before: &Definition, after: &Definition) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", &before.to_json(), &after.to_json(), &mut found);
    found
}

fn compare(pointer: &str, before: &Json, after: &Json, found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Json::Object(old), Json::Object(new)) => {
            for (key, value) in old.iter() {
                let pointer = step(pointer, key);
                match new.get(key) {
                    Some(now) => compare(&pointer, value, now, found),
                    None => found.push(Change::gone(pointer, value)),
                }
            }
            for (key, value) in new.iter().filter(|(key, _)| old.get(key).is_none()) {
                found.push(Change::new(step(pointer, key), value));
            }
        }
        (Json::Array(old), Json::Array(new)) => items(pointer, old, new, found),
        _ => found.push(Change {
            pointer: pointer.to_owned(),
            before: Some(before.clone()),
            after: Some(after.clone()),
        }),
    }
}

/// Of two lists what is equal at both ends is left out; in between, items of the same place are compared.
fn items(pointer: &str, old: &[Json], new: &[Json], found: &mut Vec<Change>) {
    let equal = |(a, b): &(&Json, &Json)| a == b;
    let start = old.iter().zip(new).take_while(equal).count();
    let (old_rest, new_rest) = (
        old.get(start..).unwrap_or_default(),
        new.get(start..).unwrap_or_default(),
    );
    let same = old_rest.iter().rev().zip(new_rest.iter().rev());
    let end = same.take_while(equal).count();
    let kept = |rest: &[Json]| rest.len().saturating_sub(end);
    let (olds, news) = (kept(old_rest), kept(new_rest));
    for at in 0..olds.max(news) {
        let pointer = step(pointer, &start.saturating_add(at).to_string());
        let old = old_rest.get(at).filter(|_| at < olds);
        let new = new_rest.get(at).filter(|_| at < news);
        match (old, new) {
            (Some(old), Some(new)) => compare(&pointer, old, new, found),
            (Some(old), None) => found.push(Change::gone(pointer, old)),
            (None, Some(new)) => found.push(Change::new(pointer, new)),
            (None, None) => {}
        }
    }
}

fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

impl Change {
    fn new(pointer: String, value: &Json) -> Self {
        Self {
            pointer,
            before: None,
            after: Some(value.clone()),
        }
    }

    fn gone(pointer: String, value: &Json) -> Self {
        Self {
            pointer,
            before: Some(value.clone()),
            after: None,
        }
    }

    /// For people: the place, then lines with `-` for what was and `+` for what is. Nothing is left out of what
    /// changed, nothing of it can hide, and no line of a definition can pass for one of this report.
    #[must_use]
    pub fn to_text(&self, indent: &str) -> String {
        let word = match (&self.before, &self.after) {
            (None, _) => "  (new)",
            (_, None) => "  (gone)",
            _ => "",
        };
        let mut out = format!("{indent}{}{word}\n", visible(&self.pointer));
        let lines = |value: &Option<Json>| value.as_ref().map(lines).unwrap_or_default();
        let (before, after) = (lines(&self.before), lines(&self.after));
        let equal = |(a, b): &(&String, &String)| a == b;
        let start = before.iter().zip(&after).take_while(equal).count();
        let rest = |all: &[String]| all.get(start..).unwrap_or_default().to_vec();
        let (old, new) = (rest(&before), rest(&after));
        let end = old.iter().rev().zip(new.iter().rev()).take_while(equal);
        let end = end.count();
        if start > 0 {
            let _ = writeln!(out, "{indent}    … {start} lines as before");
        }
        for (sign, rest) in [('-', &old), ('+', &new)] {
            let shown = rest.len().saturating_sub(end);
            for line in rest.iter().take(shown) {
                let _ = writeln!(out, "{indent}  {sign} {}", visible(line));
            }
        }
        if end > 0 {
            let _ = writeln!(out, "{indent}    … {end} lines as before");
        }
        out
    }
}

/// A text by its lines, any other value as JSON on one.
fn lines(value: &Json) -> Vec<String> {
    match value {
        Json::String(text) if text.is_empty() => vec!["\"\"".to_owned()],
        Json::String(text) => text.split('\n').map(str::to_owned).collect(),
        other => vec![other.to_text()],
    }
}
