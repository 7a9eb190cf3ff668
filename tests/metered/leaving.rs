//! Budgets of what leaves: rows, bytes, different values.
//! Knows nothing of parallel calls.

use serde_json::json;

use super::{house, sql};

#[test]
fn rows_leave_up_to_the_budget_and_not_one_more() {
    let house =
        house("[[budget]]\nid = \"rows\"\ntool = \"postgres__*\"\nrows = 7\nwindow_s = 3600\n");
    let mut agent = house.agent();
    let all = sql("SELECT id FROM notes ORDER BY id");
    let first = agent.done("postgres__query", &all);
    assert_eq!(first["rows"].as_array().map(Vec::len), Some(5));
    // What did not leave was given back; what is left cuts the answer, which says so.
    let second = agent.done("postgres__query", &all);
    assert_eq!(second["rows"], json!([{ "id": 1 }, { "id": 2 }]));
    assert_eq!(second["truncated"], json!(true));
    assert_eq!(agent.denied("postgres__query", &all), "rows");
    agent.kill();
    let mut agent = house.agent();
    assert_eq!(agent.denied("postgres__query", &all), "rows");
    agent.finish();
    house.replays(4);
}

#[test]
fn an_empty_answer_costs_no_row_and_an_error_none() {
    let house =
        house("[[budget]]\nid = \"rows\"\nrows = 5\nrefill = { amount = 1, every_s = 86400 }\n");
    let mut agent = house.agent();
    for _ in 0..3 {
        agent.done(
            "postgres__query",
            &sql("SELECT id FROM notes WHERE id = 99"),
        );
        agent.call(
            "postgres__query",
            &sql("SELECT abs(-9223372036854775807 - id) AS x FROM notes"),
        );
    }
    let all = sql("SELECT id FROM notes ORDER BY id");
    let rows = agent.done("postgres__query", &all);
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(5));
    assert_eq!(agent.denied("postgres__query", &all), "rows");
    agent.finish();
}

#[test]
fn bytes_that_leave_are_counted_and_never_exceeded() {
    let house =
        house("[[budget]]\nid = \"bytes\"\nper = \"everyone\"\nbytes = 2000\nwindow_s = 3600\n");
    let mut agent = house.agent();
    let mut left = 0;
    for _ in 0..40 {
        let answer = agent.call("postgres__query", &sql("SELECT id, text FROM notes"));
        if answer["structuredContent"]["decision"] == json!("deny") {
            break;
        }
        if answer["isError"] != json!(true) {
            let mut answer = answer.clone();
            answer.as_object_mut().expect("an object").remove("_meta");
            left += answer.to_string().len();
        }
    }
    assert!((500..=2_000).contains(&left), "{left}");
    agent.finish();
}

#[test]
fn different_values_have_a_budget_and_the_log_does_not_know_them() {
    let rules = "[[budget]]\nid = \"values\"\ntool = \"postgres__describe_table\"\nvalues = 1\nof = \"table\"\nwindow_s = 3600\n";
    let house = house(rules);
    let mut agent = house.agent();
    let table = |name: &str| json!({ "table": name });
    agent.done("postgres__describe_table", &table("notes"));
    agent.done("postgres__describe_table", &table("notes"));
    assert_eq!(
        agent.denied("postgres__describe_table", &table("people")),
        "values"
    );
    agent.kill();
    let mut agent = house.agent();
    assert_eq!(
        agent.denied("postgres__describe_table", &table("people")),
        "values"
    );
    agent.done("postgres__describe_table", &table("notes"));
    agent.finish();
    let log = house.log();
    assert!(
        log.contains("values#=0") && log.contains("values#0"),
        "{log}"
    );
}
