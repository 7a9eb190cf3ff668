//! Rules that are said to change nothing: without them every call is decided alike and its answer owes the same.
//! Knows nothing of how they are found.

use std::collections::BTreeSet;

use aegis_core::denial::Denial;
use aegis_core::policy::{self, Declared, Obligations, Policy, Terms};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::random::{self, rules};
use super::{MANIFESTS, asked, decide};
use proptest::strategy::Strategy as _;

/// What a call comes to, without the names of rules: of two that say the same either may be the one that is named.
fn unnamed(decided: Result<Terms, Denial>) -> Option<(Obligations, Vec<String>)> {
    let terms = decided.ok()?;
    let mut owed = terms.obligations;
    for mask in &mut owed.columns {
        mask.rule.clear();
    }
    let charges = terms.charges.iter().map(|charge| charge.account.clone());
    Some((owed, charges.collect()))
}

/// The ids of the rules that are reported.
fn reported(rules: &[Declared]) -> BTreeSet<String> {
    let found = policy::redundant(rules, &MANIFESTS);
    let id = |message: &str| message.split('`').nth(1).expect("an id").to_owned();
    found.iter().map(|problem| id(&problem.message)).collect()
}

fn without(rules: &[Declared], gone: &BTreeSet<String>) -> Vec<Declared> {
    let stays = |one: &&Declared| !gone.contains(one.rule.id());
    rules.iter().filter(stays).cloned().collect()
}

/// Each of them alone, and all of them together.
#[test]
fn a_rule_that_is_said_to_change_nothing_changes_nothing() {
    let mut runner = TestRunner::deterministic();
    let policies = (rules(), rules());
    let calls = asked();
    let (mut said, mut compared) = (0_usize, 0_usize);
    for _ in 0..60 {
        let (mut all, more) = policies.new_tree(&mut runner).expect("a policy").current();
        // The same texts once more, under ids of their own.
        for (at, one) in more.iter().enumerate() {
            let text = toml_of(one, &format!("s{at}"));
            all.extend(policy::parse(&text, "more").expect("a rule"));
        }
        if !random::holds(&all) {
            continue;
        }
        let gone = reported(&all);
        said += gone.len();
        let mut fewer: Vec<BTreeSet<String>> =
            gone.iter().map(|id| BTreeSet::from([id.clone()])).collect();
        fewer.push(gone);
        for gone in fewer.iter().filter(|gone| !gone.is_empty()) {
            for _ in 0..4 {
                let call = calls.new_tree(&mut runner).expect("a call").current();
                let (Some(with), Some(without)) = (
                    decide(all.clone(), &call),
                    decide(without(&all, gone), &call),
                ) else {
                    continue;
                };
                compared += 1;
                let ids: Vec<String> = all.iter().map(|one| one.json.to_string()).collect();
                assert_eq!(
                    unnamed(with),
                    unnamed(without),
                    "{gone:?} of {ids:#?} for {call:?}"
                );
            }
        }
    }
    assert!(
        said > 60 && compared > 200,
        "{said} rules, {compared} decisions"
    );
}

/// The rule as a file would have it, under another id.
fn toml_of(one: &Declared, id: &str) -> String {
    let json: serde_json::Value =
        serde_json::from_str(&one.json.to_string()).expect("what was read");
    let mut table = toml::Table::try_from(json).expect("a table");
    table.insert("id".to_owned(), id.into());
    let mut file = toml::Table::new();
    let list = toml::Value::Array(vec![toml::Value::Table(table)]);
    file.insert(one.rule.kind().to_owned(), list);
    file.to_string()
}

fn of(text: &str) -> Vec<Declared> {
    let grant = "[[grant]]\nid = \"all\"\nprincipal = \"a\"\ncapabilities = [\"*\"]\n";
    let words = "because = \"b\"\nfix = \"f\"\n";
    let text = text.replace("WORDS", words);
    let all =
        policy::parse(&format!("{grant}{text}"), "p.toml").unwrap_or_else(|e| panic!("{e:#?}"));
    Policy::new(all.clone(), &MANIFESTS).unwrap_or_else(|e| panic!("{e:#?}"));
    all
}

fn block(id: &str, capability: &str, when: &str) -> String {
    format!("[[block]]\nid = \"{id}\"\ncapability = {capability}\nWORDS{when}\n")
}

fn pair(one: (&str, &str), other: (&str, &str)) -> String {
    let (one, other) = (block("b1", one.0, one.1), block("b2", other.0, other.1));
    format!("{one}{other}")
}

fn transform(id: &str, body: &str) -> String {
    format!("[[transform]]\nid = \"{id}\"\n{body}\n")
}

fn two(one: &str, other: &str) -> String {
    format!("{}{}", transform("t1", one), transform("t2", other))
}

const DROP: &str = "\"db:drop\"";

/// Mondays from an hour on.
fn from(hour: &str) -> String {
    format!("when = {{ time = {{ days = [\"mon\"], from = \"{hour}\", zone = \"UTC\" }} }}")
}

fn found(cases: Vec<(String, Vec<&str>)>) {
    for (text, gone) in cases {
        let wanted: BTreeSet<String> = gone.into_iter().map(str::to_owned).collect();
        assert_eq!(reported(&of(&text)), wanted, "{text}");
    }
}

/// What is found of conditions, and what looks alike and is not.
#[test]
fn what_covers_another_is_found_and_what_differs_is_not() {
    let (drop, late, later) = (DROP, from("20:00"), from("22:00"));
    let fact = |subject: &str| format!("when = {{ fact = {{ writes = {subject} }} }}");
    let not = |inner: &str| format!("when = {{ not = {{ {inner} }} }}");
    found(vec![
        (pair((drop, ""), (drop, "")), vec!["b2"]),
        (pair((drop, ""), ("\"db:*\"", "")), vec!["b1"]),
        (
            pair(
                ("[\"db:drop\", \"db:read\"]", ""),
                ("[\"db:drop\", \"db:write\"]", ""),
            ),
            vec![],
        ),
        (pair((drop, ""), (drop, &late)), vec!["b2"]),
        (pair((drop, &late), (drop, &later)), vec!["b2"]),
        (
            pair(
                (drop, &fact("\"orders\"")),
                (drop, &fact("[\"orders\", \"customers\"]")),
            ),
            vec!["b1"],
        ),
        (
            pair(
                (drop, &fact("{ except = [\"orders\"] }")),
                (drop, &fact("\"orders\"")),
            ),
            vec![],
        ),
        (
            pair(
                (drop, &not("tool = \"s3__*\"")),
                (drop, &not("tool = \"s3__get_object\"")),
            ),
            vec!["b1"],
        ),
        (
            pair(
                (
                    drop,
                    "when = { any = [{ principal = \"a\" }, { tool = \"s3__*\" }] }",
                ),
                (drop, "when = { principal = \"a\", tool = \"postgres__*\" }"),
            ),
            vec!["b2"],
        ),
        (
            format!("{}mode = \"shadow\"\n", pair((drop, ""), (drop, ""))),
            vec![],
        ),
    ]);
}

/// The same of grants, arguments and transforms.
#[test]
fn what_another_gives_asks_or_demands_already_is_found() {
    let (drop, late) = (DROP, from("20:00"));
    found(vec![
        // A grant that is always taken back, or that another one gives.
        (
            format!("{}[[grant]]\nid = \"g\"\nprincipal = \"b\"\ncapabilities = [\"db:drop\"]\n", block("b1", "\"db:*\"", "")),
            vec!["g"],
        ),
        (
            format!("{}[[grant]]\nid = \"g\"\nprincipal = \"b\"\ncapabilities = [\"db:drop\"]\n", block("b1", drop, &late)),
            vec![],
        ),
        ("[[grant]]\nid = \"g\"\nprincipal = \"a\"\ncapabilities = [\"db:*\"]\nresources = [\"postgres:orders\"]\n".to_owned(), vec!["g"]),
        ("[[grant]]\nid = \"g\"\nprincipal = \"*\"\ncapabilities = [\"db:*\"]\n".to_owned(), vec![]),
        // Bounds of arguments: the narrower one says what the wider one says.
        (
            "[[argument]]\nid = \"x\"\ntool = \"s3__list_objects\"\nargument = \"limit\"\nmax = 20\npresence = \"optional\"\nWORDS\
             [[argument]]\nid = \"y\"\ntool = \"s3__*\"\nargument = \"limit\"\nmax = 10\npresence = \"optional\"\nWORDS".to_owned(),
            vec!["x"],
        ),
        (
            "[[argument]]\nid = \"x\"\ntool = \"s3__list_objects\"\nargument = \"limit\"\nmax = 20\nWORDS\
             [[argument]]\nid = \"y\"\ntool = \"s3__*\"\nargument = \"limit\"\nmax = 10\npresence = \"optional\"\nWORDS".to_owned(),
            vec![],
        ),
        // Masks, caps and detectors.
        (two("label = \"pii.*\"\nmask = { default = \"token\" }", "label = \"pii.email\"\nmask = { default = \"redact\" }"), vec![]),
        (two("label = \"pii.email\"\nmask = { default = \"token\" }", "label = \"pii.*\"\nmask = { default = \"redact\" }"), vec!["t1"]),
        (two("row_max = 5", "row_max = 9"), vec!["t2"]),
        (two("row_max = 5\nbyte_max = 1", "row_max = 9\nlimit = 3"), vec![]),
        (two("detect = \"standard\"", "detect = \"standard\"\nrow_max = 9"), vec!["t1"]),
        (two("detect = \"standard\"", "detect = \"strict\""), vec![]),
        (
            format!("{}{}", two("row_max = 5", "byte_max = 9"), transform("t3", "row_max = 6\nbyte_max = 9")),
            vec!["t3"],
        ),
        (
            two("tool = \"s3__*\"\ndrop = [\"a\", \"b\"]", "tool = \"s3__get_object\"\ndrop = \"b\""),
            vec!["t2"],
        ),
    ]);
}

/// Both rules are named with their places.
#[test]
fn it_is_said_which_rule_says_it_already_and_where() {
    let all = of(
        "[[block]]\nid = \"one\"\ncapability = \"db:*\"\nWORDS\n[[block]]\nid = \"two\"\ncapability = \"db:drop\"\nWORDS",
    );
    let found = policy::redundant(&all, &MANIFESTS);
    let said: Vec<&str> = found
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert_eq!(
        said,
        ["rule `two` changes nothing: `one` (p.toml:6) forbids all that it forbids"]
    );
}
