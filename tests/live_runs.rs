//! Runs that go on while rules change: whatever new rules say, a run never gains by them; a new one is judged by them alone.
//! Knows nothing of the kernel's insides.

use std::fs;
use std::process::Command;

use aegis_tests::policies::{read, root};
use aegis_tests::{Client, House};
use serde_json::{Value, json};

const SCHEMA: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, city TEXT, badge INTEGER, salary INTEGER, team TEXT);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, person INTEGER, text TEXT);
    INSERT INTO people (id, email, city) VALUES (1, 'a@example.org', 'x'), (2, 'b@example.org', 'y');
    INSERT INTO notes VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 1, 'c');";
const READS: &str = "[[grant]]\nid = \"reads\"\nprincipal = \"*\"\ncapabilities = [\"db:read\"]\n";
const WRITES: &str =
    "[[grant]]\nid = \"writes\"\nprincipal = \"*\"\ncapabilities = [\"db:write\"]\n";

fn house(rules: &str) -> House {
    let manifest = read(&root().join("tests/cases/policy/manifests/people.toml"));
    let house = House::new(SCHEMA, &manifest, rules);
    let file = house.path("aegis.toml");
    let text = read(&file).replacen("[kernel]\n", "[kernel]\nwatch_ms = 0\n", 1);
    fs::write(file, text).expect("a configuration");
    house
}

/// Other rules in force, and the agent knows.
fn exchange(house: &House, agent: &mut Client, rules: &str) {
    fs::write(house.path("policy.toml"), rules).expect("a policy");
    hang_up(agent);
    let told = agent.receive().expect("a message");
    assert_eq!(told["method"], "notifications/tools/list_changed", "{told}");
}

fn hang_up(agent: &Client) {
    let asked = Command::new("kill")
        .args(["-HUP", &agent.process().to_string()])
        .status();
    assert!(asked.expect("kill").success());
}

fn insert(id: u64) -> Value {
    json!({ "sql": format!("INSERT INTO notes (id, person) VALUES ({id}, 1)") })
}

fn tools(agent: &mut Client) -> Vec<String> {
    let answer = agent.request("tools/list", &json!({}));
    let tools = answer["result"]["tools"].as_array().expect("tools");
    let name = |tool: &Value| tool["name"].as_str().expect("a name").to_owned();
    tools.iter().map(name).collect()
}

fn records(house: &House, kind: &str) -> Vec<Value> {
    let log = house.log();
    let lines = log.lines().filter(|line| line.starts_with('{'));
    let all = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    all.filter(|record| record["kind"] == kind).collect()
}

/// The log holds, and each of its decisions follows from the rules that it names.
fn the_log_holds(house: &House) {
    let audit = house.path(".aegis/audit");
    let run = |command: &mut Command| {
        let output = command.output().expect("the command");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}{output:?}");
    };
    run(Command::new(aegis_tests::aegis())
        .args(["audit", "verify"])
        .arg(&audit));
    run(Command::new(aegis_tests::aegis())
        .args(["replay", "--log"])
        .arg(&audit)
        .arg("--policy")
        .arg(house.path("policy.toml")));
}

#[test]
fn what_new_rules_allow_holds_for_runs_that_begin_under_them() {
    let house = house(READS);
    let mut agent = house.agent();
    let execute = "postgres__execute".to_owned();
    assert_eq!(agent.denied(&execute, &insert(10)), "kernel.unknown-tool");
    exchange(&house, &mut agent, &format!("{READS}{WRITES}"));
    assert!(!tools(&mut agent).contains(&execute));
    let told = agent.call(&execute, &insert(10));
    assert_eq!(
        told["structuredContent"]["rule"], "kernel.run-narrowed",
        "{told}"
    );
    assert!(told.to_string().contains("begin a new session"), "{told}");
    // Narrower at once, and not back again.
    exchange(&house, &mut agent, WRITES);
    let query = json!({ "sql": "SELECT id FROM notes" });
    assert_eq!(
        agent.denied("postgres__query", &query),
        "kernel.unknown-tool"
    );
    exchange(&house, &mut agent, &format!("{WRITES}{READS}"));
    assert_eq!(
        agent.denied("postgres__query", &query),
        "kernel.run-narrowed"
    );
    agent.finish();
    assert!(records(&house, "intent").is_empty());
    the_log_holds(&house);
    let mut other = house.agent();
    assert!(tools(&mut other).contains(&execute));
    other.done(&execute, &insert(11));
    other.done("postgres__query", &query);
    other.finish();
    the_log_holds(&house);
}

#[test]
fn of_what_old_and_new_rules_demand_the_strictest_is_owed() {
    let few = "[[transform]]\nid = \"few\"\nrow_max = 1\n";
    let mask = |word: &str| {
        format!("[[transform]]\nid = \"mask\"\nlabel = \"*\"\nmask = {{ default = \"{word}\" }}\n")
    };
    let house = house(&format!("{READS}{few}{}", mask("redact")));
    let mut agent = house.agent();
    exchange(&house, &mut agent, &format!("{READS}{}", mask("token")));
    let query = json!({ "sql": "SELECT id, email FROM people ORDER BY id" });
    let told = agent.done("postgres__query", &query);
    let rows = told["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 1, "{told}");
    assert_eq!(rows[0]["email"], "<EMAIL_ADDRESS>", "{told}");
    agent.finish();
    let intents = records(&house, "intent");
    let loads = records(&house, "policy.load");
    assert_eq!(intents[0]["epoch"], loads[1]["epoch"]);
    assert_eq!(intents[0]["basis"]["earlier"], json!([loads[0]["epoch"]]));
    assert_eq!(intents[0]["obligations"]["row_max"], 1);
    the_log_holds(&house);
    let mut other = house.agent();
    let told = other.done("postgres__query", &query);
    let rows = told["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 2, "{told}");
    assert!(
        rows[0]["email"]
            .as_str()
            .expect("a token")
            .starts_with("<EMAIL_ADDRESS:")
    );
    other.finish();
    assert!(
        records(&house, "intent")[1]["basis"]
            .get("earlier")
            .is_none()
    );
}

#[test]
fn none_of_64_calls_in_flight_gains_by_rules_that_come_into_force() {
    let house = house(READS);
    let mut agent = house.agent();
    fs::write(house.path("policy.toml"), format!("{READS}{WRITES}")).expect("a policy");
    for id in 100..164 {
        if id == 132 {
            hang_up(&agent);
        }
        let call = json!({ "name": "postgres__execute", "arguments": insert(id) });
        agent.post("tools/call", &call);
    }
    let (mut answers, mut announced) = (0, 0);
    while answers < 64 || announced < 1 {
        let told = agent.receive().expect("a message");
        match told["id"].is_null() {
            true => announced += 1,
            false => {
                answers += 1;
                let rule = told["result"]["structuredContent"]["rule"].as_str();
                let known = [
                    "kernel.unknown-tool",
                    "kernel.run-narrowed",
                    "kernel.policy-changed",
                ];
                assert!(rule.is_some_and(|rule| known.contains(&rule)), "{told}");
            }
        }
    }
    agent.finish();
    assert!(records(&house, "intent").is_empty());
    assert_eq!(
        house.number("SELECT count(*) FROM notes WHERE id >= 100"),
        0
    );
    the_log_holds(&house);
}

#[test]
fn a_run_that_outlives_too_many_rules_begins_anew() {
    let house = house(READS);
    let mut agent = house.agent();
    let query = json!({ "sql": "SELECT id FROM notes" });
    let rules = |cap: usize| format!("{READS}[[transform]]\nid = \"cap\"\nrow_max = {cap}\n");
    for cap in 0..aegis_core::limits::RUN_EPOCHS_MAX {
        exchange(&house, &mut agent, &rules(100 + cap));
    }
    agent.done("postgres__query", &query);
    exchange(&house, &mut agent, &rules(10));
    assert_eq!(
        agent.denied("postgres__query", &query),
        "kernel.run-outlived"
    );
    assert!(tools(&mut agent).is_empty());
    agent.finish();
    let mut other = house.agent();
    other.done("postgres__query", &query);
    other.finish();
}
