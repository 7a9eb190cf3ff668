//! The cases of `corpus/sql`: what they hold, and what a reading gets wrong about one.
//! Knows nothing of engines.

use std::path::PathBuf;

use aegis_core::inspect::sql::{self, Dialect, Reading};
use aegis_core::manifest::{Catalog, catalog_file};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dialect: String,
    group: Vec<Group>,
}

/// Cases of one kind; what a case leaves out is the group's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    #[serde(default)]
    expect: Expect,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    sql: String,
    /// Repeats the text, for cases about length.
    repeat: Option<(String, usize)>,
    #[serde(default)]
    expect: Expect,
    // Shorthands for the commonest expectations.
    out: Option<Vec<String>>,
    pred: Option<String>,
    rule: Option<String>,
}

/// What must hold; absent means "do not care". Sets are words separated by spaces.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    ok: Option<bool>,
    rule: Option<String>,
    kinds: Option<String>,
    reads: Option<String>,
    read_columns: Option<String>,
    writes: Option<String>,
    destructive: Option<bool>,
    unscoped: Option<String>,
    out: Option<Vec<String>>,
    names: Option<Vec<String>>,
    bare: Option<Vec<String>>,
    pred: Option<String>,
    launders: Option<String>,
    parameters: Option<usize>,
    read_only: Option<bool>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/sql")
}

pub(crate) fn catalog() -> Catalog {
    let text = std::fs::read_to_string(folder().join("catalog.toml")).unwrap();
    catalog_file::parse(&text).unwrap()
}

pub(crate) fn cases() -> Vec<(Dialect, String, String, Expect)> {
    let mut all = Vec::new();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        if file.file_name().unwrap() == "catalog.toml"
            || file.extension().is_none_or(|end| end != "toml")
        {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let parsed: File =
            toml::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
        let dialect = Dialect::parse(&parsed.dialect).unwrap();
        for group in parsed.group {
            for case in group.case {
                let expect = merge(&group.expect, &case);
                let sql = match &case.repeat {
                    Some((part, times)) => case.sql.replace("{}", &part.repeat(*times)),
                    None => case.sql,
                };
                all.push((
                    dialect,
                    format!("{} / {}", file.file_stem().unwrap().display(), group.name),
                    sql,
                    expect,
                ));
            }
        }
    }
    all
}

fn merge(group: &Expect, case: &Case) -> Expect {
    let own = case.expect.clone();
    Expect {
        ok: own.ok.or(case.rule.as_ref().map(|_| false)).or(group.ok),
        rule: own.rule.or(case.rule.clone()).or(group.rule.clone()),
        kinds: own.kinds.or(group.kinds.clone()),
        reads: own.reads.or(group.reads.clone()),
        read_columns: own.read_columns.or(group.read_columns.clone()),
        writes: own.writes.or(group.writes.clone()),
        destructive: own.destructive.or(group.destructive),
        unscoped: own.unscoped.or(group.unscoped.clone()),
        out: own.out.or(case.out.clone()).or(group.out.clone()),
        names: own.names.or(group.names.clone()),
        bare: own.bare.or(group.bare.clone()),
        pred: own.pred.or(case.pred.clone()).or(group.pred.clone()),
        launders: own.launders.or(group.launders.clone()),
        parameters: own.parameters.or(group.parameters),
        read_only: own.read_only.or(group.read_only),
    }
}

fn words(items: impl IntoIterator<Item = impl ToString>) -> String {
    items
        .into_iter()
        .map(|item| item.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What differs from the expectation.
pub(crate) fn differences(reading: &Reading, expect: &Expect) -> Vec<String> {
    let joined = |list: &Option<Vec<String>>| list.as_ref().map(|list| list.join(" | "));
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string());
    let rule = expect.rule.as_ref().map(|rule| match rule.is_empty() {
        true => String::new(),
        false => format!("sql.{rule}"),
    });
    let expected = [
        flag(expect.ok),
        rule,
        expect.kinds.clone(),
        expect.reads.clone(),
        expect.read_columns.clone(),
        expect.writes.clone(),
        flag(expect.destructive),
        flag(expect.read_only),
        expect.unscoped.clone(),
        joined(&expect.out),
        joined(&expect.names),
        joined(&expect.bare),
        expect.pred.clone(),
        expect.launders.clone(),
        expect.parameters.map(|count| count.to_string()),
    ];
    expected
        .into_iter()
        .zip(found(reading))
        .filter_map(|(expected, (what, found))| {
            let expected = expected.filter(|expected| *expected != found)?;
            Some(format!("{what}: expected `{expected}`, got `{found}`"))
        })
        .collect()
}

/// A reading in the words of the cases, in the order of the expectations.
fn found(reading: &Reading) -> [(&'static str, String); 15] {
    let outputs = |of: fn(&sql::Output) -> String| {
        let all: Vec<String> = reading.outputs.iter().map(of).collect();
        all.join(" | ")
    };
    let unscoped = reading.unscoped.iter();
    let unscoped = unscoped.map(|(verb, table)| format!("{verb:?}:{table}").to_lowercase());
    let launders = reading.launders.iter();
    let launders = launders.map(|(from, to)| format!("{from}>{to}"));
    [
        ("ok", reading.refusal.is_none().to_string()),
        (
            "rule",
            reading
                .refusal
                .map_or("", |refusal| refusal.rule)
                .to_owned(),
        ),
        ("kinds", words(&reading.kinds)),
        ("reads", words(&reading.reads)),
        ("read columns", words(&reading.read_columns)),
        ("writes", words(&reading.writes)),
        ("destructive", reading.destructive().to_string()),
        ("read only", reading.read_only().to_string()),
        ("unscoped", words(unscoped)),
        ("outputs' labels", outputs(|output| words(&output.labels))),
        ("outputs' names", outputs(|output| output.name.clone())),
        ("bare outputs", outputs(|output| words(&output.bare))),
        ("predicate labels", words(&reading.predicate_labels)),
        ("launders", words(launders)),
        ("parameters", reading.parameters.to_string()),
    ]
}
