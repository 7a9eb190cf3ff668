//! Schemas for editors: what they refuse, loaders refuse, and what loaders refuse for its shape, they refuse.
//! Knows nothing of what files mean.

use std::fs;
use std::path::{Path, PathBuf};

use aegis_core::source::Problem;
use aegis_core::{manifest, policy};
use aegis_host::load;
use serde_json::Value as Json;
use toml::{Table, Value};

#[path = "schema/validator.rs"]
mod validator;

use validator::fits;

type Load = fn(&str) -> Vec<Problem>;

/// A kind of file: its schema, an example of everything, and its loader.
struct Kind {
    schema: Json,
    example: &'static str,
    load: Load,
}

fn kinds() -> [Kind; 3] {
    let json =
        |schema: aegis_core::json::Json| serde_json::from_str(&schema.to_string()).expect("JSON");
    [
        Kind {
            schema: json(policy::schema()),
            example: include_str!("../kernel/core/src/policy/example.toml"),
            load: |text| policy::parse(text, "policy").err().unwrap_or_default(),
        },
        Kind {
            schema: json(manifest::schema()),
            example: include_str!("../kernel/core/src/manifest/parse/example.toml"),
            load: |text| manifest::parse(text, "manifest").err().unwrap_or_default(),
        },
        Kind {
            schema: json(load::schema()),
            example: include_str!("../kernel/host/src/load/example.toml"),
            load: |text| {
                let dir = tempfile::tempdir().expect("a folder");
                let put = |name: &str, text: &str| {
                    let file = dir.path().join(name);
                    fs::write(&file, text).map(|()| file).expect("a file")
                };
                let manifest = "[tool.t]\ndescription = \"d\"\ncapabilities = \"db:read\"\n";
                put("own.toml", "");
                put(
                    "policy.toml",
                    "[[grant]]\nid = \"g\"\nprincipal = \"agent\"\ncapabilities = \"db:read\"\n",
                );
                put(
                    "postgres.toml",
                    &format!("server = \"postgres\"\n{manifest}"),
                );
                put(
                    "elsewhere.toml",
                    &format!("server = \"elsewhere\"\n{manifest}"),
                );
                let file = put("aegis.toml", text);
                load::load(&file).err().unwrap_or_default()
            },
        },
    ]
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    files
        .map(|path| fs::read_to_string(path).expect("a file"))
        .collect()
}

/// The TOML blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(page)).expect("a page");
    let parts = text.split("```toml\n").skip(1);
    parts
        .map(|part| part.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

fn json(table: &Table) -> Json {
    serde_json::to_value(table).expect("no dates")
}

fn table(text: &str) -> Table {
    text.parse()
        .unwrap_or_else(|problem| panic!("{problem}: {text}"))
}

#[test]
fn every_shipped_file_fits() {
    let [policy, manifest, config] = kinds();
    let mut seen = 0;
    for folder in [
        "policies",
        "policies/samples",
        "policies/third-party",
        "demo/policies-off",
    ] {
        for text in files(folder) {
            assert_eq!(fits(&policy.schema, &json(&table(&text))), Ok(()), "{text}");
            seen += 1;
        }
    }
    for text in ["manifests", "manifests/third-party"].map(files).concat() {
        assert_eq!(
            fits(&manifest.schema, &json(&table(&text))),
            Ok(()),
            "{text}"
        );
        seen += 1;
    }
    assert!(seen > 8);
    for kind in [&policy, &manifest, &config] {
        assert_eq!(fits(&kind.schema, &json(&table(kind.example))), Ok(()));
    }
}

/// What pages show and loaders read, schemas know.
#[test]
fn what_pages_show_fits() {
    let [policy, manifest, _] = kinds();
    let mut seen = 0;
    for (page, kind) in [
        ("docs/POLICIES.md", &policy),
        ("docs/MANIFESTS.md", &manifest),
    ] {
        for text in blocks(page) {
            if text.parse::<Table>().is_ok() && (kind.load)(&text).is_empty() {
                assert_eq!(fits(&kind.schema, &json(&table(&text))), Ok(()), "{text}");
                seen += 1;
            }
        }
    }
    assert!(seen > 3, "{seen}");
}

/// The examples that schemas are made from hold every table that readers know: none is left of which a schema could not
/// say what is in it.
#[test]
fn examples_hold_every_table() {
    for kind in kinds() {
        let unknown: Vec<String> = (kind.load)(kind.example)
            .into_iter()
            .map(|problem| problem.message)
            .filter(|message| message.starts_with("unknown key"))
            .collect();
        assert_eq!(unknown, Vec::<String>::new());
        assert_eq!(validator::unsaid(&kind.schema), Vec::<String>::new());
    }
    for kind in kinds() {
        let problems: Vec<Problem> = (kind.load)(kind.example);
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

/// Every way down to a value: keys, and places in lists.
fn ways(value: &Value, way: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let mut deeper = |step: String, inner: &Value| {
        way.push(step);
        found.push(way.clone());
        ways(inner, way, found);
        way.pop();
    };
    match value {
        Value::Table(table) => table
            .iter()
            .for_each(|(key, inner)| deeper(key.clone(), inner)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, inner)| deeper(at.to_string(), inner)),
        _ => {}
    }
}

fn at<'v>(value: &'v mut Value, way: &[String]) -> &'v mut Value {
    way.iter().fold(value, |value, step| match value {
        Value::Table(table) => table.get_mut(step).expect("a key"),
        Value::Array(items) => items
            .get_mut(step.parse::<usize>().expect("a place"))
            .expect("an item"),
        other => panic!("{other}"),
    })
}

/// What a loader says of a shape that it cannot read at all.
fn is_of_shape(problem: &Problem) -> bool {
    let message = &problem.message;
    message.contains(", not a")
        || message.ends_with("is negative")
        || message.contains("is an empty list")
}

fn compare(
    kind: &Kind,
    changed: &Value,
    what: &str,
    refused_for: impl Fn(&Problem) -> bool,
) -> bool {
    let Value::Table(changed) = changed else {
        panic!("a file is a table")
    };
    let verdict = fits(&kind.schema, &json(changed));
    let text = toml::to_string(changed).expect("TOML");
    let problems = (kind.load)(&text);
    if let Err(why) = &verdict {
        assert!(
            !problems.is_empty(),
            "{what}: the schema refuses what loads: {why}"
        );
    }
    if let Some(problem) = problems.iter().find(|problem| refused_for(problem)) {
        assert!(
            verdict.is_err(),
            "{what}: the schema takes what does not load: {}",
            problem.message
        );
    }
    verdict.is_err()
}

/// In each table of each example, a key that there is none of.
#[test]
fn an_unknown_key_is_refused_by_both() {
    for kind in kinds() {
        let whole = Value::Table(table(kind.example));
        let mut found = vec![Vec::new()];
        ways(&whole, &mut Vec::new(), &mut found);
        let mut refused = 0;
        for way in &found {
            let mut changed = whole.clone();
            let Value::Table(inner) = at(&mut changed, way) else {
                continue;
            };
            inner.insert("zzz".to_owned(), Value::Boolean(true));
            let unknown = |problem: &Problem| problem.message.contains("`zzz`");
            refused += usize::from(compare(&kind, &changed, &format!("{way:?}"), unknown));
        }
        assert!(refused > 15, "{refused}");
    }
}

/// Keys of a check mean another thing by its kind: `columns` are types by name or a list of names, bounds are counts or
/// numbers. A schema that goes by places takes both.
fn depends_on_a_word(way: &[String]) -> bool {
    way.iter().any(|step| step == "check")
        && way
            .last()
            .is_some_and(|last| ["columns", "min", "max"].contains(&last.as_str()))
}

/// In each place of each example, a value of another type, and none.
#[test]
fn a_wrong_type_is_refused_by_both() {
    let list = |items: Vec<Value>| Value::Array(items);
    let others = [
        Value::from("x"),
        Value::from(-1),
        Value::from(1.5),
        Value::from(true),
        list(Vec::new()),
        Value::Table(Table::new()),
    ];
    for kind in kinds() {
        let whole = Value::Table(table(kind.example));
        let mut found = Vec::new();
        ways(&whole, &mut Vec::new(), &mut found);
        let mut refused = 0;
        for way in &found {
            for other in others.iter().filter(|_| !depends_on_a_word(way)) {
                let mut changed = whole.clone();
                *at(&mut changed, way) = other.clone();
                refused += usize::from(compare(
                    &kind,
                    &changed,
                    &format!("{way:?} = {other}"),
                    is_of_shape,
                ));
            }
            let (last, before) = way.split_last().expect("a step");
            let mut changed = whole.clone();
            if let Value::Table(inner) = at(&mut changed, before) {
                inner.remove(last);
                refused += usize::from(compare(
                    &kind,
                    &changed,
                    &format!("{way:?} left out"),
                    |_| false,
                ));
            }
        }
        assert!(refused > 100, "{refused}");
    }
}

/// What every rule, tool and downstream must have, and words of which there are few.
#[test]
fn what_is_missing_or_misspelt_is_refused() {
    let [policy, manifest, config] = kinds();
    let cases = [
        (
            &policy,
            "[[block]]\nid = \"b\"\ncapability = \"db:drop\"\nbecause = \"b\"\n",
        ),
        (&policy, "[[grant]]\nid = \"g\"\nprincipal = \"a\"\n"),
        (
            &policy,
            "[[grant]]\nid = \"g\"\nprincipal = \"a\"\ncapabilities = \"*\"\nmode = \"shadows\"\n",
        ),
        (
            &policy,
            "[[argument]]\nid = \"a\"\ntool = \"*\"\nargument = \"x\"\npresence = \"optinal\"\nbecause = \"b\"\nfix = \"f\"\n",
        ),
        (
            &policy,
            "[[block]]\nid = \"b\"\ncapability = \"*\"\nbecause = \"b\"\nfix = \"f\"\nwhen = { all = [{ not = { tols = \"*\" } }] }\n",
        ),
        (&manifest, "server = \"s\"\n[tool.t]\ndescription = \"d\"\n"),
        (
            &manifest,
            "[tool.t]\ndescription = \"d\"\ncapabilities = \"db:read\"\n",
        ),
        (&config, "[kernel]\npolicies = \"p\"\n"),
        (
            &config,
            "[kernel]\nprincipal = \"p\"\npolicies = \"p\"\n[south.s]\ncommand = [\"c\"]\n",
        ),
    ];
    for (kind, text) in cases {
        assert!(fits(&kind.schema, &json(&table(text))).is_err(), "{text}");
        assert!(!(kind.load)(text).is_empty(), "{text}");
    }
}
