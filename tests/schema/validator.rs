//! As much of JSON Schema as our schemas use; a word that it does not know fails the test.
//! Knows nothing of TOML.

use serde_json::{Map, Value};

/// Whether the document fits, or why not.
pub fn fits(schema: &Value, document: &Value) -> Result<(), String> {
    check(schema, schema, document, "")
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let words = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Bool(false) => return Err(format!("{at}: nothing fits")),
        Value::Object(words) => words,
        other => panic!("no schema: {other}"),
    };
    for (word, said) in words {
        let fits = match word.as_str() {
            "$schema" | "title" | "description" | "$defs" | "properties" => true,
            "$ref" => {
                let pointer = said
                    .as_str()
                    .and_then(|to| to.strip_prefix('#'))
                    .expect("a pointer");
                let inner = root.pointer(pointer).expect("a definition");
                check(root, inner, value, at)?;
                true
            }
            "type" => is_of(said.as_str().expect("a type"), value),
            "enum" => said.as_array().expect("values").contains(value),
            "minimum" => value
                .as_f64()
                .is_none_or(|n| n >= said.as_f64().expect("a number")),
            "minItems" => {
                let least = said.as_u64().expect("a count");
                value
                    .as_array()
                    .is_none_or(|items| items.len() as u64 >= least)
            }
            "uniqueItems" => {
                let twice = |items: &Vec<Value>| {
                    (1..items.len()).any(|at| items[..at].contains(&items[at]))
                };
                said == &Value::Bool(false) || !value.as_array().is_some_and(twice)
            }
            "items" => {
                for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, said, item, &format!("{at}/{place}"))?;
                }
                true
            }
            "required" => {
                let has = |key: &Value| value.get(key.as_str().expect("a key")).is_some();
                !value.is_object() || said.as_array().expect("keys").iter().all(has)
            }
            "anyOf" => {
                let one = |inner: &Value| check(root, inner, value, at).is_ok();
                said.as_array().expect("schemas").iter().any(one)
            }
            "additionalProperties" => true,
            other => panic!("a word that is not known here: {other}"),
        };
        if !fits {
            return Err(format!("{at}: {word} {said}"));
        }
    }
    keys(root, words, value, at)
}

fn keys(root: &Value, words: &Map<String, Value>, value: &Value, at: &str) -> Result<(), String> {
    for (key, inner) in value.as_object().into_iter().flatten() {
        let known = words.get("properties").and_then(|known| known.get(key));
        let schema = known.or_else(|| words.get("additionalProperties"));
        check(
            root,
            schema.unwrap_or(&Value::Bool(true)),
            inner,
            &format!("{at}/{key}"),
        )?;
    }
    Ok(())
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no such type: {other}"),
    }
}

/// Places where a table may hold anything.
pub fn unsaid(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look(schema, "", &mut found);
    found
}

fn look(schema: &Value, at: &str, found: &mut Vec<String>) {
    match schema {
        Value::Object(words) => {
            let is_table = words.get("type") == Some(&Value::from("object"));
            if is_table && !words.contains_key("additionalProperties") {
                found.push(at.to_owned());
            }
            words
                .iter()
                .for_each(|(key, inner)| look(inner, &format!("{at}/{key}"), found));
        }
        Value::Array(items) => items.iter().for_each(|inner| look(inner, at, found)),
        _ => {}
    }
}
