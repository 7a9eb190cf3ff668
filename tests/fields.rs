//! Fields that a rule drops or renames: what leaves of structures, texts that are JSON, and rows in both forms.
//! Knows nothing of the kernel's insides; its own walk is slow and obvious.

use aegis_core::egress::{self, Masks, Secrets};
use aegis_core::refusal::Refusal;
use aegis_tests::answers::{policy, sealed, withheld_by};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const MANIFEST: &str = "server = \"x\"\n[tool.read]\ndescription = \"reads\"\ncapabilities = [\"x:read\"]\n\
                        [tool.read.result]\nrows = \"/structuredContent/rows\"\ncolumns = \"/structuredContent/columns\"\n\
                        [tool.other]\ndescription = \"reads\"\ncapabilities = [\"x:read\"]\n\
                        [tool.query]\ndescription = \"asks\"\ncapabilities = [\"db:read\"]\n\
                        [tool.query.argument.sql]\nkind = \"sql\"\ndialect = \"sqlite\"\ndescription = \"s\"\n\
                        [tool.query.result]\nrows = \"/structuredContent/rows\"\ncolumns = \"/structuredContent/columns\"\n";
const GRANT: &str =
    "[[grant]]\nid = \"g\"\nprincipal = \"a\"\ncapabilities = [\"x:read\", \"db:read\"]\n";

fn rule(id: &str, body: &str) -> String {
    format!("[[transform]]\nid = \"{id}\"\ntool = \"x__read\"\n{body}\n")
}

fn released(rules: &str, result: &Value) -> Result<Value, Refusal> {
    let masks = Masks::new([7; 32], Secrets::none());
    let rules = format!("{GRANT}{rules}");
    let egress = egress::release(sealed(MANIFEST, &rules, "x__read", result), &masks)?;
    Ok(serde_json::from_str(&egress.result().to_string()).unwrap())
}

/// What leaves of a structure; its text says the same.
fn structured(rules: &str, structure: &Value) -> Value {
    let left = released(rules, &json!({ "structuredContent": structure })).unwrap();
    let text = left["content"][0]["text"].as_str().unwrap();
    let said: Value = serde_json::from_str(text).unwrap();
    assert_eq!(
        said, left["structuredContent"],
        "the text tells another story"
    );
    said
}

#[test]
fn what_is_dropped_is_absent_and_what_is_renamed_stands_where_it_stood() {
    for (body, from, to) in [
        (
            "drop = \"notes\"",
            json!({ "id": 1, "notes": "n", "in": [{ "notes": { "deep": 1 }, "b": 2 }] }),
            json!({ "id": 1, "in": [{ "b": 2 }] }),
        ),
        // Whatever the case of its letters, and with letters that nobody sees.
        (
            "drop = \"notes\"",
            json!({ "NOTES": 1, "Notes ": 2, "no\u{200b}tes": 3, "x": 4 }),
            json!({ "Notes ": 2, "x": 4 }),
        ),
        // A path goes through lists; a field of the name elsewhere stays.
        (
            "drop = [\"/in/notes\", \"/in/none\"]",
            json!({ "notes": 1, "in": [{ "notes": 2, "b": [{ "notes": 3 }] }] }),
            json!({ "notes": 1, "in": [{ "b": [{ "notes": 3 }] }] }),
        ),
        (
            "drop = [\"/a~1b/c\"]",
            json!({ "a/b": { "c": 1, "d": 2 } }),
            json!({ "a/b": { "d": 2 } }),
        ),
        (
            "rename = { nm = \"name\", \"/in/nr\" = \"number\" }",
            json!({ "nm": 1, "nr": 2, "in": { "nm": 3, "nr": 4 }, "NM": 5 }),
            json!({ "name": 1, "nr": 2, "in": { "name": 3, "number": 4 }, "NM": 5 }),
        ),
        // Paths are those of the downstream, whatever becomes of what they go through.
        (
            "rename = { \"/in\" = \"within\", \"/in/nr\" = \"number\" }",
            json!({ "in": { "nr": 4 } }),
            json!({ "within": { "number": 4 } }),
        ),
        // JSON inside a text has the same fields.
        (
            "drop = \"notes\"\nrename = { nm = \"name\" }",
            json!({ "raw": "{\"notes\":1,\"nm\":\"{\\\"notes\\\":2,\\\"k\\\":3}\"}", "plain": "notes are taken" }),
            json!({ "raw": "{\"name\":\"{\\\"k\\\":3}\"}", "plain": "notes are taken" }),
        ),
        // Rows as objects and rows as lists, each with its list of names.
        (
            "drop = \"notes\"\nrename = { nm = \"name\" }",
            json!({ "columns": ["id", "Notes", "nm"], "rows": [{ "id": 1, "Notes": 2, "nm": 3 }] }),
            json!({ "columns": ["id", "name"], "rows": [{ "id": 1, "name": 3 }] }),
        ),
        (
            "drop = \"/rows/notes\"\nrename = { nm = \"name\" }",
            json!({ "columns": ["id", "notes", "nm"], "rows": [[1, 2, 3], [4, 5, 6]] }),
            json!({ "columns": ["id", "name"], "rows": [[1, 3], [4, 6]] }),
        ),
        (
            "drop = \"notes\"",
            json!({ "columns": ["notes"], "rows": [] }),
            json!({ "columns": [], "rows": [] }),
        ),
        // What the rule is not about stays as it is.
        (
            "drop = \"notes\"",
            json!({ "a": [1, null] }),
            json!({ "a": [1, null] }),
        ),
    ] {
        assert_eq!(structured(&rule("r", body), &from), to, "{body}");
    }
}

#[test]
fn a_text_in_the_place_of_a_structure_is_read_or_withheld() {
    let text = |text: &str| json!({ "content": [{ "type": "text", "text": text }] });
    let rules = rule(
        "r",
        "drop = [\"notes\", \"text\"]\nrename = { nm = \"name\" }",
    );
    for (from, to) in [
        ("{\"notes\":1,\"nm\":2}", Some("{\"name\":2}")),
        (" [{\"notes\":1}]\n", Some("[{}]")),
        (
            "{\"nm\":1,\"notes\":2}\n{\"nm\":3}\n",
            Some("{\"name\":1}\n{\"name\":3}"),
        ),
        ("all is well", Some("all is well")),
        // A name in what cannot be read: a table, two keys of one name, a cut.
        ("id,Notes\n1,secret", None),
        ("{\"notes\":1,\"notes\":2}", None),
        ("{\"notes\":1", None),
    ] {
        let left = released(&rules, &text(from));
        match (left, to) {
            (Ok(left), Some(to)) => assert_eq!(left["content"][0]["text"], to, "{from}"),
            (Err(refusal), None) => assert_eq!(withheld_by(&refusal), "r", "{from}"),
            (left, _) => panic!("{from}: {left:?}"),
        }
    }
}

#[test]
fn what_cannot_be_told_apart_is_withheld_by_the_rules_name() {
    for (body, structure) in [
        ("rename = { nm = \"name\" }", json!({ "nm": 1, "name": 2 })),
        (
            "rename = { nm = \"name\" }",
            json!({ "columns": ["nm", "name"], "rows": [[1, 2]] }),
        ),
        (
            "rename = { nm = \"name\" }",
            json!({ "t": "{\"nm\":1,\"name\":2}" }),
        ),
        (
            "drop = \"b\"",
            json!({ "columns": ["a", "b"], "rows": [[1, 2, 3]] }),
        ),
        ("drop = \"b\"", json!({ "rows": [[1, 2]] })),
        (
            "drop = \"b\"",
            json!({ "columns": ["a", { "name": "b" }], "rows": [[1, 2]] }),
        ),
    ] {
        let refusal = released(&rule("r", body), &json!({ "structuredContent": structure }));
        let refusal = refusal.expect_err(&structure.to_string());
        assert_eq!(withheld_by(&refusal), "r", "{body} {structure}");
    }
}

#[test]
fn caps_count_what_leaves_and_an_error_stays_a_code() {
    let rules = rule(
        "r",
        "drop = \"notes\"\nrename = { \"/rows\" = \"lines\" }\nrow_max = 1",
    );
    let left = structured(
        &rules,
        &json!({ "rows": [{ "notes": 1, "a": 2 }, { "a": 3 }] }),
    );
    assert_eq!(left, json!({ "lines": [{ "a": 2 }], "truncated": true }));
    // Bytes are counted of what is left.
    let long = "n".repeat(5_000);
    let small = rule("r", "drop = \"notes\"\nbyte_max = 500");
    let left = structured(&small, &json!({ "notes": long, "a": 1 }));
    assert_eq!(left, json!({ "a": 1 }));
    let failed = json!({ "isError": true, "structuredContent": { "code": "timeout", "notes": 1 } });
    let left = released(&small, &failed).unwrap();
    assert_eq!(left["structuredContent"]["code"], "timeout");
}

#[test]
fn a_rule_speaks_of_its_own_tools_alone_and_the_listing_says_so() {
    let rules = format!(
        "{GRANT}{}{}",
        rule("r", "drop = \"notes\"\nrename = { nm = \"name\" }"),
        rule(
            "s",
            "drop = \"b\"\nwhen = { time = { days = [\"mon\"], zone = \"UTC\" } }"
        )
    );
    let (manifests, policy) = policy(MANIFEST, &rules).unwrap();
    let who = aegis_core::principal::Principal::assertion(
        "a",
        aegis_core::principal::Proof::Hypothetical,
    );
    let notes = |name: &str| {
        let (_, system, tool) = manifests.tools().find(|(n, ..)| n.ends_with(name)).unwrap();
        policy.notes(&who, system, tool)
    };
    assert_eq!(
        notes("read"),
        [
            "left out: notes",
            "renamed: nm -> name",
            "at times left out: b"
        ]
    );
    assert!(notes("other").is_empty());
    let other = sealed(
        MANIFEST,
        &rules,
        "x__other",
        &json!({ "structuredContent": { "notes": 1 } }),
    );
    let masks = Masks::new([7; 32], Secrets::none());
    let left = egress::release(other, &masks).unwrap();
    assert!(left.result().to_string().contains("notes"));
}

/// Names that rules and answers share, and what some of them become.
const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const NEW: [&str; 3] = ["x", "y", "z"];

fn answer() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(json!(1)), Just(Value::Null), Just(json!("w"))];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((prop::sample::select(&NAMES[..]), inner.clone()), 0..4)
                .prop_map(|pairs| Value::Object(
                    pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
                )),
            inner.prop_map(|value| Value::String(json!([value]).to_string())),
        ]
    })
}

/// Rules of one field each: `(name, new name or none to drop)`.
fn wishes() -> impl Strategy<Value = Vec<(usize, Option<usize>)>> {
    prop::collection::vec((0..NAMES.len(), prop::option::of(0..NEW.len())), 1..4)
}

fn written(wishes: &[(usize, Option<usize>)]) -> String {
    let one = |(at, (name, new)): (usize, &(usize, Option<usize>))| {
        let name = NAMES[*name];
        let body = match new {
            None => format!("drop = \"{name}\""),
            Some(new) => format!("rename = {{ {name} = \"{}\" }}", NEW[*new]),
        };
        rule(&format!("r{at}"), &body)
    };
    wishes.iter().enumerate().map(one).collect()
}

/// Whether a rule gives a field another name than an earlier one.
fn disputed(wishes: &[(usize, Option<usize>)]) -> bool {
    let renames: Vec<_> = wishes
        .iter()
        .filter_map(|(name, new)| Some((*name, (*new)?)))
        .collect();
    renames
        .iter()
        .any(|(name, new)| renames.iter().any(|(n, other)| n == name && other != new))
}

/// By definition; `None` where two members would be one.
fn wanted(value: &Value, wishes: &[(usize, Option<usize>)]) -> Option<Value> {
    Some(match value {
        Value::Object(members) => {
            let mut left = Map::new();
            for (name, inner) in members {
                let meant = |w: &&(usize, Option<usize>)| NAMES[w.0] == name;
                if wishes.iter().filter(meant).any(|w| w.1.is_none()) {
                    continue;
                }
                let new = wishes.iter().find(meant).and_then(|w| w.1);
                let name = new.map_or(name.as_str(), |new| NEW[new]).to_owned();
                if left.insert(name, wanted(inner, wishes)?).is_some() {
                    return None;
                }
            }
            Value::Object(left)
        }
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| wanted(item, wishes))
                .collect::<Option<_>>()?,
        ),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Array(_) | Value::Object(_))) => {
                Value::String(wanted(&inner, wishes)?.to_string())
            }
            _ => value.clone(),
        },
        other => other.clone(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Exactly what the rules say, whatever their order; and twice is once.
    #[test]
    fn fields_go_as_the_rules_say_and_twice_changes_nothing(structure in answer(), wishes in wishes()) {
        prop_assume!(structure.is_object() && !disputed(&wishes));
        let result = json!({ "structuredContent": structure });
        let left = released(&written(&wishes), &result).ok().map(|left| left["structuredContent"].clone());
        prop_assert_eq!(&left, &wanted(&structure, &wishes));
        let turned: Vec<_> = wishes.iter().rev().copied().collect();
        let other = released(&written(&turned), &result).ok().map(|left| left["structuredContent"].clone());
        prop_assert_eq!(&left, &other);
        if let Some(once) = left {
            let twice = released(&written(&wishes), &json!({ "structuredContent": once })).unwrap();
            prop_assert_eq!(once, twice["structuredContent"].clone());
        }
    }
}
