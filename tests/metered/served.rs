//! Calls against a budget of three: at once, over kills and restarts, failing.
//! Knows nothing of rows and bytes.

use serde_json::json;

use super::{house, sql};

const THREE: &str =
    "[[budget]]\nid = \"three\"\ntool = \"postgres__query\"\ncalls = 3\nwindow_s = 86400\n";
const ONE: &str = "SELECT id FROM notes WHERE id = 1";

#[test]
fn of_thirty_calls_at_once_three_pass() {
    for rules in [
        THREE.to_owned(),
        THREE.replace("calls = 3", "per = \"everyone\"\ncalls = 3"),
        THREE.replace(
            "window_s = 86400",
            "refill = { amount = 1, every_s = 86400 }",
        ),
    ] {
        let house = house(&rules);
        let mut agent = house.agent();
        for _ in 0..30 {
            agent.post(
                "tools/call",
                &json!({ "name": "postgres__query", "arguments": sql(ONE) }),
            );
        }
        let (mut passed, mut denied) = (0, 0);
        for _ in 0..30 {
            let answer = agent.receive().expect("an answer").to_string();
            passed += usize::from(answer.contains("row_count"));
            denied += usize::from(answer.contains("used up") && answer.contains("\"three\""));
        }
        assert_eq!((passed, denied), (3, 27), "{rules}");
        agent.finish();
        house.replays(30);
    }
}

#[test]
fn a_kill_and_a_restart_refill_nothing() {
    let house = house(THREE);
    let mut agent = house.agent();
    agent.done("postgres__query", &sql(ONE));
    agent.done("postgres__query", &sql(ONE));
    agent.kill();
    let mut agent = house.agent();
    agent.done("postgres__query", &sql(ONE));
    assert_eq!(agent.denied("postgres__query", &sql(ONE)), "three");
    agent.finish();
    let mut agent = house.agent();
    assert_eq!(agent.denied("postgres__query", &sql(ONE)), "three");
    // Another tool is another matter.
    agent.done("postgres__list_tables", &json!({}));
    agent.finish();
    house.replays(6);
}

#[test]
fn a_call_whose_end_a_kill_left_unknown_counts() {
    let house = house(THREE);
    let mut agent = house.agent();
    let slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT max(i) AS m FROM n";
    for _ in 0..3 {
        agent.post(
            "tools/call",
            &json!({ "name": "postgres__query", "arguments": sql(slow) }),
        );
    }
    while house.log().matches("\"kind\":\"intent\"").count() < 3 {
        std::thread::yield_now();
    }
    agent.kill();
    let mut agent = house.agent();
    assert_eq!(agent.denied("postgres__query", &sql(ONE)), "three");
    agent.finish();
}

#[test]
fn failed_calls_count_unless_the_rule_gives_them_back() {
    let fails = "SELECT abs(-9223372036854775807 - id) AS x FROM notes WHERE id = 1";
    for (setting, left) in [
        ("", 0),
        ("failed = \"count\"\n", 0),
        ("failed = \"return\"\n", 3),
    ] {
        let house = house(&format!("{THREE}{setting}"));
        let mut agent = house.agent();
        for _ in 0..3 {
            let answer = agent.call("postgres__query", &sql(fails));
            assert_eq!(answer["isError"], json!(true), "{answer}");
        }
        for _ in 0..left {
            agent.done("postgres__query", &sql(ONE));
        }
        assert_eq!(
            agent.denied("postgres__query", &sql(ONE)),
            "three",
            "{setting}"
        );
        agent.finish();
    }
}
