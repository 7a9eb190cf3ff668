//! The cases of `corpus/sql`: what they hold.
//! Knows nothing of engines or readings.

use std::path::PathBuf;

use aegis_core::inspect::sql::Dialect;
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
    pub(crate) ok: Option<bool>,
    pub(crate) rule: Option<String>,
    pub(crate) kinds: Option<String>,
    pub(crate) reads: Option<String>,
    pub(crate) read_columns: Option<String>,
    pub(crate) writes: Option<String>,
    pub(crate) destructive: Option<bool>,
    pub(crate) unscoped: Option<String>,
    pub(crate) out: Option<Vec<String>>,
    pub(crate) names: Option<Vec<String>>,
    pub(crate) bare: Option<Vec<String>>,
    pub(crate) pred: Option<String>,
    pub(crate) launders: Option<String>,
    pub(crate) parameters: Option<usize>,
    pub(crate) read_only: Option<bool>,
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
    // For whoever writes cases: one file alone.
    let only = std::env::var("AEGIS_SQL_FILE").ok();
    for file in files {
        let stem = file.file_stem().unwrap().to_string_lossy();
        if only.as_deref().is_some_and(|only| only != stem) {
            continue;
        }
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
