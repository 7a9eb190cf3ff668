//! A house with people in it, its log as records, and the catalogues that lie beside it.
//! Knows nothing of what is tested with them.

use std::fs;
use std::process::Command;

use aegis_tests::{Client, House, aegis};
use serde_json::{Value, json};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, phone TEXT, city TEXT, notes TEXT);
    CREATE TABLE plain (id INTEGER PRIMARY KEY, note TEXT, other TEXT);
    CREATE VIEW contacts AS SELECT id, email AS contact FROM people WHERE city <> 'Ulm';
    INSERT INTO people VALUES (1, 'ann@x.example', '+1 555 0100', 'Bern', 'likes tea'),
      (2, 'ben@x.example', '+1 555 0101', 'Rome', 'likes rain');
    INSERT INTO plain VALUES (1, 'one', 'uno'), (2, 'two', 'due');";

pub(crate) fn house() -> House {
    House::new(
        SCHEMA,
        include_str!("manifest.toml"),
        include_str!("policy.toml"),
    )
}

/// Runs a statement that reads; its rows.
pub(crate) fn rows(agent: &mut Client, sql: &str) -> Value {
    agent.done("postgres__query", &json!({ "sql": sql }))["rows"].clone()
}

/// Runs a statement that reads; the rule that denies it.
pub(crate) fn refused(agent: &mut Client, sql: &str) -> String {
    agent.denied("postgres__query", &json!({ "sql": sql }))
}

/// Runs a statement that writes.
pub(crate) fn run(agent: &mut Client, sql: &str) -> Value {
    agent.done("postgres__execute", &json!({ "sql": sql }))
}

/// The records of some kinds.
pub(crate) fn records(house: &House, kinds: &[&str]) -> Vec<Value> {
    let log = house.log();
    let lines = log.lines().filter(|line| line.starts_with('{'));
    let read = |line: &str| serde_json::from_str::<Value>(line).expect("a record");
    let wanted = |record: &Value| kinds.iter().any(|kind| record["kind"] == **kind);
    lines.map(read).filter(wanted).collect()
}

/// The text of a catalogue by its digest.
pub(crate) fn catalog(house: &House, digest: &Value) -> Value {
    let name = digest.as_str().expect("a digest");
    let text = fs::read_to_string(house.path(".aegis/audit/catalogs").join(name)).expect("a text");
    serde_json::from_str(&text).expect("JSON")
}

/// Runs a command on the log; its code and output.
pub(crate) fn command(house: &House, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(aegis());
    command.args(arguments).current_dir(house.path(""));
    let output = command.output().expect("aegis starts");
    let code = output.status.code().unwrap_or(-1);
    (code, String::from_utf8_lossy(&output.stdout).into_owned())
}
