//! A call is answered past the SDK as it is through it: the first ones of a connection go through, all later ones past.
//! Knows nothing of which way is taken when.

use aegis_core::json::Json;

use crate::agent::{Agent, INITIALIZE, META, call};

/// Calls of every kind of end: a result, one without content, a denial, a panic, arguments out of bounds.
const CALLS: [(&str, &str); 7] = [
    ("echo__say", r#"{"n":12345678901234567890123.10,"é":[]}"#),
    ("bare__result", r#"{"a":1}"#),
    ("list__result", "{}"),
    ("deny__always", "{}"),
    ("panic__now", "{}"),
    ("echo__say", r#"[]"#),
    ("nobody__knows", "{}"),
];

fn newer(id: &str, tool: &str, arguments: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments},{META}}}}}"#
    )
}

/// A line without its id.
fn said(line: &Json) -> String {
    let Json::Object(line) = line else {
        panic!("no object");
    };
    let rest = line.iter().filter(|(key, _)| *key != "id");
    Json::object(rest.map(|(key, value)| (key.to_owned(), value.clone()))).to_string()
}

#[tokio::test]
async fn by_handshake() {
    for (tool, arguments) in CALLS {
        let mut agent = Agent::connect();
        // Read before the handshake is answered.
        let first = call("1", tool, arguments);
        agent
            .say_bytes(format!("{INITIALIZE}\n{first}\n").as_bytes())
            .await;
        agent.hear().await;
        let through = agent.hear().await;
        agent.say(&call("2", tool, arguments)).await;
        let past = agent.hear().await;
        assert_eq!(said(&past), said(&through), "{tool} {arguments}");
        assert_eq!(past.get("id").unwrap().to_string(), "2");
    }
}

#[tokio::test]
async fn by_requests_that_speak_for_themselves() {
    for (tool, arguments) in CALLS {
        let mut agent = Agent::connect();
        agent.say(&newer("1", tool, arguments)).await;
        let through = agent.hear().await;
        agent.say(&newer("2", tool, arguments)).await;
        let past = agent.hear().await;
        assert_eq!(said(&past), said(&through), "{tool} {arguments}");
        let complete = through
            .get("result")
            .and_then(|told| told.get("resultType"));
        let fails = tool == "panic__now";
        assert_eq!(complete.is_none(), fails, "{through}");
    }
}

/// What rmcp would not let through goes to it still: a version that is not the connection's, and keys that are missing.
#[tokio::test]
async fn what_is_out_of_its_era_is_still_refused() {
    let mut agent = Agent::connect();
    agent.say(&newer("1", "echo__say", "{}")).await;
    agent.hear().await;
    agent.say(&call("2", "echo__say", "{}")).await;
    let refused = agent.hear().await;
    assert!(refused.get("error").is_some(), "{refused}");
    let (stub, _) = agent.hang_up().await;
    assert_eq!(stub.calls(), ["echo__say {}"]);
    assert_eq!(stub.refused(), ["wire.call-out-of-order"]);
}

/// The schema of the older era allows objects alone (2025-11-25); that of the newer one any value.
#[tokio::test]
async fn a_structure_that_is_no_object_is_told_in_the_newer_era_alone() {
    let mut agent = Agent::connect();
    agent.say(INITIALIZE).await;
    agent.hear().await;
    for (line, told) in [
        (call("1", "list__result", "{}"), None),
        (newer("2", "list__result", "{}"), Some("[7]".to_owned())),
    ] {
        agent.say(&line).await;
        let heard = agent.hear().await;
        let result = heard.get("result").unwrap();
        let structure = result.get("structuredContent").map(Json::to_string);
        assert_eq!(structure, told, "{line}");
    }
}
