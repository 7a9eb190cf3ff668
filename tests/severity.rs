//! How grave a rule says that its objection is: in the log, in what is asked of it, and in what is exported.
//! Knows nothing of decisions: none depends on it.

use std::process::Command;

use aegis_tests::House;
use aegis_tests::policies::{read, root};
use serde_json::{Value, json};

const SCHEMA: &str = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, city TEXT, badge INTEGER, salary INTEGER, team TEXT);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, person INTEGER, text TEXT);";
const RULES: &str = "[[grant]]\nid = \"all\"\nprincipal = \"*\"\ncapabilities = [\"db:*\"]\n\
    [[block]]\nid = \"no-drops\"\ncapability = \"db:drop\"\nseverity = \"critical\"\nbecause = \"b\"\nfix = \"f\"\n\
    [[block]]\nid = \"no-deletes\"\ncapability = \"db:write\"\nseverity = \"low\"\nbecause = \"b\"\nfix = \"f\"\nwhen = { fact = { deletes = \"*\" } }\n\
    [[block]]\nid = \"no-updates\"\ncapability = \"db:write\"\nbecause = \"b\"\nfix = \"f\"\nwhen = { fact = { updates = \"*\" } }\n\
    [[block]]\nid = \"watched\"\nmode = \"shadow\"\ncapability = \"db:write\"\nseverity = \"medium\"\nbecause = \"b\"\nfix = \"f\"\nwhen = { fact = { inserts = \"*\" } }\n";

fn audit(house: &House, words: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(aegis_tests::aegis())
        .args(["audit"])
        .args(words)
        .arg(house.path(".aegis/audit"))
        .output()
        .expect("the command");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), text)
}

/// The deciding rules of the calls that are found.
fn found(house: &House, words: &[&str]) -> Vec<String> {
    let mut all = vec!["query", "--json"];
    all.extend(words);
    let (_, text) = audit(house, &all);
    let rows = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let rule = |row: Value| row["rules"][0].as_str().unwrap_or("-").to_owned();
    rows.map(rule).collect()
}

#[test]
fn it_is_recorded_with_the_objection_asked_for_shown_and_exported() {
    let manifest = read(&root().join("tests/cases/policy/manifests/people.toml"));
    let house = House::new(SCHEMA, &manifest, RULES);
    let mut agent = house.agent();
    for sql in [
        "INSERT INTO notes (id, person) VALUES (1, 1)",
        "UPDATE notes SET person = 2 WHERE id = 1",
        "DELETE FROM notes WHERE id = 1",
        "DROP TABLE notes",
    ] {
        agent.call("postgres__execute", &json!({ "sql": sql }));
    }
    agent.finish();
    let log = house.log();
    assert!(
        log.contains(r#"{"phase":"block","rule":"no-drops","severity":"critical"}"#),
        "{log}"
    );
    assert!(
        log.contains(r#"{"phase":"block","rule":"no-updates"}"#),
        "{log}"
    );
    assert!(
        log.contains(r#""shadow":[{"phase":"block","rule":"watched","severity":"medium"}]"#),
        "{log}"
    );
    assert_eq!(
        found(&house, &["--severity", "low"]),
        ["no-deletes", "no-drops"]
    );
    assert_eq!(found(&house, &["--severity", "medium"]), ["no-drops"]);
    assert_eq!(
        found(&house, &["--where", "severity == \"low\""]),
        ["no-deletes"]
    );
    assert_eq!(audit(&house, &["query", "--severity", "grave"]).0, Some(2));
    let (_, exported) = audit(&house, &["export", "--format", "ocsf"]);
    let events = exported
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ids: Vec<i64> = events
        .filter_map(|event| event["severity_id"].as_i64())
        .collect();
    assert_eq!(ids, [1, 3, 2, 5], "{exported}");
    let rows = audit(&house, &["query", "--json", "--severity", "critical"]).1;
    let row: Value = serde_json::from_str(rows.trim()).expect("one row");
    let (_, shown) = audit(&house, &["show", &row["seq"].to_string()]);
    assert!(shown.contains("critical"), "{shown}");
    assert_eq!(audit(&house, &["verify"]).0, Some(0));
}
