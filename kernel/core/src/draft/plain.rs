//! What of a JSON Schema the manifest language can say of a plain value, and what it cannot.
//! Knows nothing of names.

use super::given::Given;
use super::text::{is_plain, list, quoted};
use crate::json::{Json, Number, Object, Pointer};
use crate::limits;
use crate::source::anchored;

/// Longest text that is taken over as an accepted value, in bytes.
const VALUE_BYTES_MAX: usize = 64;
/// References that are followed one after the other.
const REFERENCES_MAX: usize = 8;

/// A value as a manifest declares it.
#[derive(Clone, Debug, Default)]
pub(super) struct Plain {
    /// Its kind's word.
    pub(super) kind: &'static str,
    /// Further keys, each a line of TOML.
    pub(super) lines: Vec<String>,
    /// The fields of an object.
    pub(super) fields: Vec<Given<Plain>>,
    /// What is not said as narrowly as the schema does, or is in doubt.
    pub(super) doubts: Vec<String>,
    /// Whether its items are texts.
    pub(super) texts: bool,
}

/// Reads a schema, `depth` objects deep; the reason where it cannot be declared.
pub(super) fn read(schema: &Json, document: &Json, depth: usize) -> Result<Plain, String> {
    let schema = resolved(schema, document)?;
    let words = schema.as_object().ok_or("it may be anything")?;
    let accepted = accepted(words)?;
    let kind = kind(words, &accepted)?;
    let mut plain = Plain {
        kind,
        ..Plain::default()
    };
    match kind {
        "object" => plain.fields = fields(words, document, depth, &mut plain.doubts)?,
        "array" => items(words, document, &mut plain)?,
        "boolean" => {}
        _ => values(&accepted, kind, &mut plain)?,
    }
    bounds(words, kind, &mut plain);
    if let ("string", Some(pattern)) = (kind, words.get("pattern")) {
        match pattern.as_str().and_then(whole) {
            Some(whole) => plain.lines.push(format!("pattern = {}", quoted(&whole))),
            None => plain
                .doubts
                .push("its pattern cannot be matched in linear time".to_owned()),
        }
    }
    for word in [
        "not",
        "if",
        "multipleOf",
        "uniqueItems",
        "contains",
        "format",
    ] {
        if words.get(word).is_some() && word != "format" {
            plain.doubts.push(format!("`{word}` cannot be said here"));
        }
    }
    Ok(plain)
}

/// The schema behind references, single choices and `null`.
pub(super) fn resolved<'s>(schema: &'s Json, document: &'s Json) -> Result<&'s Json, String> {
    let mut schema = schema;
    for _ in 0..REFERENCES_MAX {
        if let Some(reference) = schema.get("$ref") {
            let pointer = reference.as_str().and_then(|text| text.strip_prefix('#'));
            let found = pointer.and_then(Pointer::parse);
            let found = found.and_then(|pointer| document.at(&pointer));
            schema = found.ok_or("a reference leads to no place of its schema")?;
            continue;
        }
        let choice = ["anyOf", "oneOf", "allOf"]
            .into_iter()
            .find_map(|word| schema.get(word).and_then(Json::as_array));
        let Some(choice) = choice else {
            return Ok(schema);
        };
        let is_form = |one: &&Json| one.get("type").and_then(Json::as_str) != Some("null");
        let mut forms = choice.iter().filter(is_form);
        match (forms.next(), forms.next()) {
            (Some(one), None) => schema = one,
            _ => return Err("it is a choice of several forms".to_owned()),
        }
    }
    Err("its references lead too far".to_owned())
}

/// The only values that it may have, without `null`.
fn accepted(words: &Object) -> Result<Vec<Json>, String> {
    let listed = words.get("enum").map(|all| all.as_array().unwrap_or(&[]));
    let single = words.get("const").map(std::slice::from_ref);
    let all = listed.or(single).unwrap_or(&[]);
    let all = all.iter().filter(|value| **value != Json::Null);
    let all: Vec<Json> = all.cloned().collect();
    match listed.is_some() && all.is_empty() {
        true => Err("no value is accepted".to_owned()),
        false => Ok(all),
    }
}

fn kind(words: &Object, accepted: &[Json]) -> Result<&'static str, String> {
    let given = match words.get("type") {
        Some(Json::String(word)) => Some(word.as_str()),
        Some(Json::Array(all)) => {
            let all = all.iter().filter_map(Json::as_str);
            let mut all = all.filter(|word| *word != "null");
            match (all.next(), all.next()) {
                (Some(one), None) => Some(one),
                _ => return Err("it may be of several types".to_owned()),
            }
        }
        _ => match accepted.first() {
            Some(Json::String(_)) => Some("string"),
            Some(Json::Number(number)) if number.as_i64().is_some() => Some("integer"),
            _ if words.get("properties").is_some() => Some("object"),
            _ => None,
        },
    };
    let kinds = ["string", "integer", "number", "boolean", "array", "object"];
    let found = kinds.into_iter().find(|kind| Some(*kind) == given);
    found.ok_or_else(|| "its type is not said".to_owned())
}

fn values(accepted: &[Json], kind: &str, plain: &mut Plain) -> Result<(), String> {
    if accepted.is_empty() {
        return Ok(());
    }
    if kind == "string" {
        let texts: Option<Vec<&str>> = accepted.iter().map(Json::as_str).collect();
        let texts = texts.ok_or("its accepted values are of several types")?;
        let fits = |text: &&str| text.len() <= VALUE_BYTES_MAX && is_plain(text);
        if !texts.iter().all(fits) {
            return Err("an accepted value is long or hides something".to_owned());
        }
        plain.lines.push(format!("one_of = {}", list(texts)));
        return Ok(());
    }
    let numbers = accepted.iter().map(|value| value.as_number()?.as_i64());
    let numbers: Option<Vec<i64>> = numbers.collect();
    let numbers = numbers.ok_or("its accepted values are of several types")?;
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    plain
        .lines
        .push(format!("one_of = [{}]", numbers.join(", ")));
    Ok(())
}

fn items(words: &Object, document: &Json, plain: &mut Plain) -> Result<(), String> {
    let items = words.get("items").ok_or("its items may be anything")?;
    let form = resolved(items, document)?;
    let nested = form.get("type").and_then(Json::as_str);
    if matches!(nested, Some("object" | "array")) {
        return Err("its items are no plain values".to_owned());
    }
    let item = read(items, document, limits::OBJECT_DEPTH_MAX)?;
    if matches!(item.kind, "array" | "object") {
        return Err("its items are no plain values".to_owned());
    }
    plain.texts = item.kind == "string";
    if !item.lines.is_empty() {
        plain
            .doubts
            .push("what its items are bound to cannot be said".to_owned());
    }
    Ok(())
}

fn fields(
    words: &Object,
    document: &Json,
    depth: usize,
    doubts: &mut Vec<String>,
) -> Result<Vec<Given<Plain>>, String> {
    if depth >= limits::OBJECT_DEPTH_MAX {
        return Err("its objects are too deep".to_owned());
    }
    let mut fields = Vec::new();
    for given in super::given::all(words) {
        let read = read(given.schema, document, depth.saturating_add(1));
        match read.and_then(|plain| given.named(plain)) {
            Ok(field) => {
                let own = field.what.doubts.iter();
                doubts.extend(own.map(|doubt| format!("field `{}`: {doubt}", field.name)));
                fields.push(field);
            }
            Err(why) if given.required => return Err(format!("a field of it: {why}")),
            Err(why) => doubts.push(format!("a field is left out: {why}")),
        }
    }
    match fields.is_empty() {
        true => Err("its fields are not said".to_owned()),
        false => Ok(fields),
    }
}

/// `min` and `max`: of numbers as whole numbers within, of texts and lists their lengths.
fn bounds(words: &Object, kind: &str, plain: &mut Plain) {
    let [low, high] = match kind {
        "string" => ["minLength", "maxLength"],
        "array" => ["minItems", "maxItems"],
        "integer" | "number" => ["minimum", "maximum"],
        _ => return,
    };
    let number = |word: &str| words.get(word).and_then(Json::as_number);
    let above = number("exclusiveMinimum").and_then(|n| inward(n, 1, true));
    let below = number("exclusiveMaximum").and_then(|n| inward(n, -1, true));
    let min = number(low).and_then(|n| inward(n, 1, false));
    let max = number(high).and_then(|n| inward(n, -1, false));
    let whole = kind == "integer";
    let exclusive = |bound: Option<i64>| bound.filter(|_| whole);
    if let Some(min) = exclusive(above).max(min) {
        plain.lines.push(format!("min = {min}"));
    }
    let max = match (exclusive(below), max) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    if let Some(max) = max {
        plain.lines.push(format!("max = {max}"));
    }
    if !whole && (above.is_some() || below.is_some()) {
        plain
            .doubts
            .push("an exclusive bound of fractions cannot be said".to_owned());
    }
}

/// The whole number at or within a bound; inwards is up or down.
fn inward(bound: &Number, towards: i64, exclusive: bool) -> Option<i64> {
    if let Some(exact) = bound.as_i64() {
        let step = if exclusive { towards } else { 0 };
        return exact.checked_add(step);
    }
    let near = bound.as_f64()?;
    let near = if towards > 0 {
        near.ceil()
    } else {
        near.floor()
    };
    format!("{near:.0}").parse().ok()
}

/// A pattern that is looked for anywhere, as one of the whole text.
fn whole(pattern: &str) -> Option<String> {
    let body = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix('$'));
    let whole = match body {
        Some(body) if !body.contains('|') && !body.ends_with('\\') => body.to_owned(),
        _ => format!("(?s:.*)(?:{pattern})(?s:.*)"),
    };
    anchored(&whole).ok().map(|_| whole)
}
