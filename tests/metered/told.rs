//! What is said of budgets: in `tools/list`, by `aegis explain` and by `aegis check`.
//! Knows nothing of how they are kept.

use std::io::Write as _;
use std::process::{Command, Stdio};

use aegis_tests::House;
use serde_json::{Value, json};

use super::{house, sql};

const RULES: &str = "
    [[budget]]\nid = \"calls\"\ntool = \"postgres__query\"\ncalls = 3\nwindow_s = 86400
    [[budget]]\nid = \"rows\"\nper = \"everyone\"\nrows = 50\nrefill = { amount = 10, every_s = 120 }
    [[budget]]\nid = \"writes\"\ncapability = \"db:delete-unscoped\"\ncalls = 1\nwindow_s = 60
    [[budget]]\nid = \"others\"\nprincipal = \"other\"\ncalls = 9\nwindow_s = 60";

fn run(house: &House, arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(aegis_tests::aegis())
        .args(arguments)
        .arg("--config")
        .arg(house.path("aegis.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a command");
    child
        .stdin
        .take()
        .expect("an input")
        .write_all(input.as_bytes())
        .expect("a line");
    let output = child.wait_with_output().expect("an answer");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn tools_list_begins_with_what_there_is() {
    let house = house(RULES);
    let mut agent = house.agent();
    let listed = agent.request("tools/list", &json!({}));
    let tools = listed["result"]["tools"].as_array().expect("tools").clone();
    let said = |name: &str| {
        let tool = tools.iter().find(|tool| tool["name"] == json!(name));
        tool.expect("listed")["description"]
            .as_str()
            .expect("a text")
            .to_owned()
    };
    let query = said("postgres__query");
    assert!(
        query.starts_with(
            "[3 per day; 50 rows at once, then 10 in 2 minutes for everyone together] Run one"
        ),
        "{query}"
    );
    let execute = said("postgres__execute");
    assert!(
        execute.starts_with("[50 rows at once, then 10 in 2 minutes for everyone together; 1 per minute for db:delete-unscoped] Run"),
        "{execute}"
    );
    assert!(said("postgres__list_tables").starts_with("List"));
    agent.finish();
}

#[test]
fn check_says_who_has_how_much() {
    let house = house(RULES);
    let (code, table, errors) = run(&house, &["check"], "");
    assert_eq!(code, Some(0), "{errors}");
    let line = |who: &str, tool: &str| {
        let mut lines = table.lines().filter(|line| line.contains(who));
        lines
            .find(|line| line.contains(tool))
            .unwrap_or_else(|| panic!("{table}"))
            .to_owned()
    };
    assert!(
        line("analyst-agent", "postgres__query").contains("3 per day; 50 rows at once"),
        "{table}"
    );
    assert!(
        !line("analyst-agent", "postgres__query").contains("9 per minute"),
        "{table}"
    );
}

#[test]
fn explain_says_what_a_call_costs_and_what_is_left() {
    let house = house(RULES);
    let request =
        json!({ "id": 1, "tool": "postgres__query", "arguments": sql("SELECT id FROM notes") });
    let explained = || {
        let (_, answer, errors) = run(&house, &["explain", "--jsonl"], &format!("{request}\n"));
        serde_json::from_str::<Value>(&answer).unwrap_or_else(|_| panic!("{answer}{errors}"))
    };
    let costs = |left: u64, rows: u64| {
        json!([
            { "budget": "calls", "calls": 1, "of": 3, "window_s": 86400, "left": left },
            { "budget": "rows/*", "rows": rows, "of": 50, "refill": 10, "every_s": 120, "left": 0 },
        ])
    };
    assert_eq!(explained()["costs"], costs(2, 50));
    let mut agent = house.agent();
    agent.done("postgres__query", &sql("SELECT id FROM notes"));
    let told = explained();
    let rows = told["costs"][1]["rows"].as_u64().expect("a number");
    assert!((45..=46).contains(&rows), "{told}");
    assert_eq!(told["costs"], costs(1, rows));
    agent.finish();
    let (_, words, _) = run(&house, &["explain"], &format!("{request}\n"));
    assert!(
        words.contains("costs 1 of 3 calls in 86400 seconds by calls; 1 left after it"),
        "{words}"
    );
    assert!(
        words.contains("at once, 10 more in 120 seconds by rows/*; 0 left after it"),
        "{words}"
    );
}
