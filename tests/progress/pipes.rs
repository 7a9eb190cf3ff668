//! Progress on pipes: two calls at once, floods, cancels, tokens of every kind.
//! Knows nothing of HTTP.

use aegis_tests::Client;
use serde_json::{Value, json};

use crate::world::{World, heard_under, notification};

fn is_progress(message: &Value) -> bool {
    message["method"] == "notifications/progress"
}

/// Everything up to the answer to this id, that among it.
fn until(agent: &mut Client, id: u64) -> Vec<Value> {
    let mut heard = Vec::new();
    loop {
        let message = agent.receive().expect("an answer");
        let last = message["id"] == json!(id);
        heard.push(message);
        if last {
            return heard;
        }
    }
}

#[test]
fn no_call_can_tell_of_the_progress_of_another() {
    let world = World::new("progress", "");
    let mut agent = Client::start(&world.config());
    let held = agent.post(
        "tools/call",
        &heard_under(&json!(1), "h__holds", &json!({})),
    );
    assert_eq!(
        agent.receive().unwrap()["params"],
        json!({"progressToken": 1, "progress": 1})
    );
    // The downstream itself mixes them up: what it says of the held call is that call's, whoever is asked.
    let line = notification(r#"{"progressToken":@OTHER,"progress":1.5}"#);
    let params = heard_under(&json!("1"), "h__tells", &json!({"before": line}));
    let other = agent.request("tools/call", &params);
    assert!(other.get("result").is_some());
    let heard: Vec<Value> = agent
        .heard
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        heard
            .iter()
            .all(|message| message["params"]["progressToken"] != json!("1"))
    );
    agent.post(
        "tools/call",
        &json!({"name": "h__lets-go", "arguments": {}}),
    );
    let rest = until(&mut agent, held);
    // In order, and the answer last; what came after it is nobody's.
    let told: Vec<&Value> = rest
        .iter()
        .filter(|message| is_progress(message))
        .map(|m| &m["params"]["progress"])
        .collect();
    assert_eq!(told.last(), Some(&&json!(2)));
    assert_eq!(agent.finish(), Some(0));
    let late = agent
        .heard
        .iter()
        .filter(|line| line.contains("\"progress\":3"));
    assert_eq!(late.count(), 0);
    let early = agent
        .heard
        .iter()
        .filter(|line| line.contains("\"progress\":1.5"));
    assert_eq!(early.count(), 1);
    assert_eq!(world.counted("progress.unknown-token"), 1);
}

#[test]
fn two_calls_with_one_token_are_not_mixed_up() {
    let world = World::new("progress", "");
    let mut agent = Client::start(&world.config());
    let held = agent.post(
        "tools/call",
        &heard_under(&json!("same"), "h__holds", &json!({})),
    );
    assert!(is_progress(&agent.receive().unwrap()));
    let line = notification(r#"{"progressToken":@TOKEN,"progress":9}"#);
    let second = agent.request(
        "tools/call",
        &heard_under(&json!("same"), "h__tells", &json!({"before": line})),
    );
    // The second was not asked for, so the downstream has no token to tell under.
    assert_eq!(second["result"]["structuredContent"]["asked"], json!(false));
    agent.post(
        "tools/call",
        &json!({"name": "h__lets-go", "arguments": {}}),
    );
    assert!(until(&mut agent, held).iter().any(is_progress));
    assert!(
        !agent
            .heard
            .iter()
            .any(|line| line.contains("\"progress\":9"))
    );
    // Its end sets the token free.
    let third = agent.request(
        "tools/call",
        &heard_under(&json!("same"), "h__tells", &json!({})),
    );
    assert_eq!(third["result"]["structuredContent"]["asked"], json!(true));
    assert_eq!(agent.finish(), Some(0));
}

#[test]
fn a_flood_is_cut_at_the_bound_and_the_answer_arrives() {
    let world = World::new("progress", "");
    let mut agent = Client::start(&world.config());
    let id = agent.post(
        "tools/call",
        &heard_under(&json!("t"), "h__tells-much", &json!({})),
    );
    let heard = until(&mut agent, id);
    let told = heard.iter().filter(|message| is_progress(message)).count();
    // The burst passes; beyond it the rate does, which a slow machine makes more of.
    assert!((1..1_000).contains(&told), "{told}");
    let numbers: Vec<u64> = heard
        .iter()
        .filter_map(|message| message["params"]["progress"].as_u64())
        .collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    assert_eq!(agent.finish(), Some(0));
    let told = u64::try_from(told).unwrap();
    assert_eq!(world.counted("progress.dropped") + told, 2_500);
}

#[test]
fn who_has_cancelled_hears_no_more() {
    let world = World::new("progress", "");
    let mut agent = Client::start(&world.config());
    let held = agent.post(
        "tools/call",
        &heard_under(&json!("t"), "h__holds", &json!({})),
    );
    assert!(is_progress(&agent.receive().unwrap()));
    agent.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": held}}).to_string());
    // In turn: the cancel has been read once the next request has.
    agent.request("ping", &json!({}));
    agent.request(
        "tools/call",
        &json!({"name": "h__lets-go", "arguments": {}}),
    );
    assert_eq!(agent.finish(), Some(0));
    let told = agent
        .heard
        .iter()
        .filter(|line| line.contains("notifications/progress"));
    assert_eq!(told.count(), 1);
    assert!(!agent.heard.iter().any(|line| line.contains("\"held\"")));
}

#[test]
fn a_token_is_a_short_string_or_an_integer_or_the_call_is_refused() {
    let world = World::new("progress", "");
    let mut agent = Client::start(&world.config());
    let line = notification(r#"{"progressToken":@TOKEN,"progress":1}"#);
    for token in [json!(""), json!("é\u{2028}\""), json!(0), json!(i64::MIN)] {
        let id = agent.post(
            "tools/call",
            &heard_under(&token, "h__tells", &json!({"before": line})),
        );
        let heard = until(&mut agent, id);
        assert_eq!(heard[0]["params"]["progressToken"], token);
    }
    let long = "x".repeat(129);
    for token in [
        json!(null),
        json!(1.5),
        json!(true),
        json!([1]),
        json!({}),
        json!(u64::MAX),
        json!(long),
    ] {
        let answer = agent.request("tools/call", &heard_under(&token, "h__tells", &json!({})));
        assert_eq!(
            answer["error"]["data"]["refusal"], "wire.bad-params",
            "{token}"
        );
    }
    assert_eq!(agent.finish(), Some(0));
}
