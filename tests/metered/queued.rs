//! A queue in a configuration, end to end: who waits, who is refused, who goes past, and what the log says.
//! Knows nothing of budgets.

use std::fs;

use aegis_tests::House;
use serde_json::json;

use super::{house, sql};

const ONE: &str = "SELECT id FROM notes WHERE id = 1";

fn queued(queue: &str) -> House {
    let house = house("");
    let file = house.path("aegis.toml");
    let text = fs::read_to_string(&file).expect("a configuration");
    fs::write(&file, format!("{text}[south.postgres.queue]\n{queue}\n")).expect("a file");
    house
}

#[test]
fn who_waits_may_give_up_and_who_finds_no_place_is_told() {
    let house =
        queued("delay_ms = 3600000\npending_max = 1\nbypass_tools = [\"postgres__list_tables\"]");
    let mut agent = house.agent();
    agent.done("postgres__query", &sql(ONE));
    let call = json!({ "name": "postgres__query", "arguments": sql(ONE) });
    let two = [
        agent.post("tools/call", &call),
        agent.post("tools/call", &call),
    ];
    // One of them waits, whichever it is; the other finds no place.
    let refused = agent.receive().expect("an answer");
    let told = &refused["result"]["structuredContent"];
    assert_eq!(told["rule"], json!("kernel.queue-full"), "{refused}");
    assert!(
        told["fix"]
            .as_str()
            .expect("a fix")
            .contains("3600 seconds"),
        "{refused}"
    );
    let waits = two.into_iter().find(|id| refused["id"] != json!(id));
    agent.done("postgres__list_tables", &json!({}));
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": waits } });
    agent.send(&cancel.to_string());
    agent.finish();
    let log = house.log();
    let outcomes: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("\"kind\":\"outcome\""))
        .collect();
    let said = |words: &[&str]| {
        let all = |line: &&&str| words.iter().all(|word| line.contains(word));
        outcomes.iter().filter(all).count()
    };
    assert_eq!(said(&["\"status\":\"ok\""]), 2, "{outcomes:#?}");
    assert_eq!(
        said(&["\"failed\"", "\"cancelled\"", "\"sent\":\"no\""]),
        1,
        "{outcomes:#?}"
    );
    assert_eq!(
        said(&["kernel.queue-full", "\"sent\":\"no\""]),
        1,
        "{outcomes:#?}"
    );
}

#[test]
fn a_queue_that_is_none_is_refused() {
    for (queue, says) in [
        ("pending_max = 1", "delay_ms"),
        ("delay_ms = 5", "pending_max"),
        ("delay_ms = 0\npending_max = 1", "nobody would ever wait"),
        ("delay_ms = 5\npending_max = 0", "no such number"),
        ("delay_ms = 5\npending_max = 513", "no such number"),
        ("delay_ms = 3600001\npending_max = 1", "longer than"),
        (
            "delay_ms = 5\njitter_ms = 3600001\npending_max = 1",
            "longer than",
        ),
        (
            "delay_ms = 5\npending_max = 1\nbypass_tools = [\"s3__get_object\"]",
            "a tool of this server",
        ),
        (
            "delay_ms = 5\npending_max = 1\nbypass_principals = [\"*\"]",
            "a principal of",
        ),
        ("delay_ms = 5\npending_max = 1\nbypas = 1", "bypas"),
    ] {
        let house = queued(queue);
        let found = aegis_host::load::load(&house.path("aegis.toml"));
        let found = found.err().unwrap_or_default();
        let told = found.iter().any(|one| format!("{one:?}").contains(says));
        assert!(told, "{queue}: {found:#?}");
    }
}
