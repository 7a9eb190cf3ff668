//! The shipped manifests and policies as tests load them, and questions made by hand.
//! Knows nothing of processes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aegis_core::capability::{Capability, CapabilitySet};
use aegis_core::inspect::{Fact, Finding, Output};
use aegis_core::json::{Json, JsonRules, Object};
use aegis_core::limits;
use aegis_core::manifest::{self, Access, Catalog, Label, Manifests, System};
use aegis_core::policy::{self, Declared, Policy};
use aegis_core::source::Problem;

pub use crate::root;

/// The text of a file.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// The `*.toml` of a folder, sorted.
pub fn tomls(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|why| panic!("{}: {why}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    files
}

/// Problems as lines `line:column: message`.
pub fn lines(problems: &[Problem], text: &str) -> Vec<String> {
    problems
        .iter()
        .map(|problem| {
            let (line, column) = problem.position(text);
            format!("{line}:{column}: {}", problem.message)
        })
        .collect()
}

/// A system from a manifest of the repository.
pub fn shipped(name: &str) -> System {
    let path = root().join("manifests").join(name);
    manifest::parse(&read(&path), name).unwrap_or_else(|found| panic!("{found:#?}"))
}

/// The shipped systems together.
pub fn manifests() -> Manifests {
    Manifests::new(vec![
        shipped("postgres.toml"),
        shipped("s3.toml"),
        shipped("medallion.toml"),
    ])
}

/// The rules of some policy files of the repository.
pub fn rules(files: &[&str]) -> Vec<Declared> {
    let mut declared = Vec::new();
    for file in files {
        let text = read(&root().join(file));
        declared.extend(policy::parse(&text, file).unwrap_or_else(|found| panic!("{found:#?}")));
    }
    declared
}

/// The default policy.
pub const ON: [&str; 3] = [
    "policies/invariants.toml",
    "policies/pii-oracles.toml",
    "policies/analyst.toml",
];
/// The demo's policy that allows everything.
pub const OFF: [&str; 1] = ["demo/policies-off/allow-all.toml"];

/// A policy of some files, held against the shipped systems.
pub fn policy(files: &[&str]) -> Policy {
    Policy::new(rules(files), &manifests()).unwrap_or_else(|found| panic!("{found:#?}"))
}

/// The tables that the shipped manifests declare.
pub fn catalogs(manifests: &Manifests) -> BTreeMap<String, Arc<Catalog>> {
    let of = |system: &Arc<System>| {
        let labelled = system.label(system.catalog.clone());
        (system.server.clone(), Arc::new(labelled))
    };
    manifests.systems().map(of).collect()
}

/// A fact in words: its kind and its subject, `drops staging_tmp`.
pub fn fact(words: &str) -> Fact {
    let (kind, subject) = words.split_once(' ').expect("kind and subject");
    let name = subject.to_owned();
    let label = || Label::parse(subject).expect("a label");
    match kind {
        "reads" => Fact::Reads(name),
        "writes" => Fact::Writes(name),
        "inserts" => Fact::Inserts(name),
        "updates" => Fact::Updates(name),
        "deletes" => Fact::Deletes(name),
        "creates" => Fact::Creates(name),
        "drops" => Fact::Drops(name),
        "truncates" => Fact::Truncates(name),
        "alters" => Fact::Alters(name),
        "unscoped-delete" => Fact::UnscopedDelete(name),
        "unscoped-update" => Fact::UnscopedUpdate(name),
        "calls" => Fact::Calls(name),
        "filters" => Fact::Filters(label()),
        "looks-up" => Fact::LooksUp(label()),
        "launders" => Fact::Launders(label()),
        "lists-path" => touches(name, Access::List),
        "reads-path" => touches(name, Access::Read),
        "writes-path" => touches(name, Access::Write),
        "deletes-path" => touches(name, Access::Delete),
        "contacts" => Fact::Contacts(name),
        "domain-read" => Fact::DomainRead(name),
        "domain-write" => Fact::DomainWrite(name),
        "names" => Fact::Names(name),
        other => panic!("no fact `{other}`"),
    }
}

fn touches(path: String, access: Access) -> Fact {
    Fact::Touches { path, access }
}

/// A fact, found in an argument.
pub fn finding(argument: &str, fact: Fact) -> Finding {
    Finding {
        fact,
        argument: argument.to_owned(),
        span: None,
    }
}

/// What a call can do: declared, and added by findings.
pub fn capabilities(declared: &CapabilitySet, findings: &[Finding]) -> CapabilitySet {
    let added = findings.iter().filter_map(|f| f.fact.capability());
    declared
        .iter()
        .cloned()
        .chain(added)
        .collect::<CapabilitySet>()
}

/// A column of a result.
pub fn output(name: &str, labels: &[&str], bare: bool) -> Output {
    Output {
        name: name.to_owned(),
        sources: Default::default(),
        labels: labels
            .iter()
            .map(|label| Label::parse(label).expect("a label"))
            .collect(),
        summed: Default::default(),
        bare,
    }
}

/// A capability.
pub fn capability(text: &str) -> Capability {
    Capability::parse(text).expect("a capability")
}

/// A TOML table as the arguments of a call.
pub fn object(table: &toml::Table) -> Object {
    let text = serde_json::to_string(table).expect("JSON");
    let rules = JsonRules {
        bytes_max: limits::ARGUMENT_BYTES_MAX,
        ..limits::MESSAGE_RULES
    };
    match aegis_core::json::parse(text.as_bytes(), &rules) {
        Ok(Json::Object(object)) => object,
        other => panic!("{other:?}"),
    }
}

/// Seconds since 1970 of a moment in UTC.
pub fn unix_s(at: &toml::value::Datetime) -> i64 {
    let (date, time) = (at.date.expect("a date"), at.time.expect("a time"));
    assert_eq!(at.offset, Some(toml::value::Offset::Z), "moments in UTC");
    let leaps = |year: i64| year / 4 - year / 100 + year / 400;
    let year = i64::from(date.year) - i64::from(date.month <= 2);
    let month = (i64::from(date.month) + 9) % 12; // from March
    let days = 365 * year + leaps(year) + (153 * month + 2) / 5 + i64::from(date.day) - 719_469;
    let seconds = i64::from(time.hour) * 3_600 + i64::from(time.minute) * 60;
    days * 86_400 + seconds + i64::from(time.second.unwrap_or(0))
}
