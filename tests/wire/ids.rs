//! Ids stay taken until their handler has ended; a cancelled call runs to its end and is never answered.
//! Knows nothing of budgets.

use aegis_core::json::Json;

use crate::agent::{Agent, INITIALIZE, call};

fn id(line: &Json) -> String {
    line.get("id").map(ToString::to_string).unwrap_or_default()
}

fn error_code(line: &Json) -> Option<i64> {
    let code = line.get("error")?.get("code")?;
    code.as_number()?.as_i64()
}

fn cancel(id: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id},"reason":"t"}}}}"#
    )
}

#[tokio::test]
async fn an_id_in_flight_is_refused_and_the_first_call_keeps_its_answer() {
    let mut agent = Agent::open().await;
    agent.call("5", "gate__wait", r#"{"first":true}"#).await;
    agent.stub.until_begun(1).await;
    agent.call("5", "echo__say", r#"{"second":true}"#).await;
    let refused = agent.hear().await;
    assert_eq!(
        (id(&refused).as_str(), error_code(&refused)),
        ("5", Some(-32600))
    );
    agent.stub.gate.add_permits(1);
    let answer = agent.hear().await;
    let content = answer.get("result").unwrap().get("structuredContent");
    assert_eq!(content.unwrap().to_string(), r#"{"first":true}"#);
    let (stub, rest) = agent.hang_up().await;
    assert_eq!(stub.calls(), [r#"gate__wait {"first":true}"#]);
    assert_eq!(stub.refused(), ["wire.id-in-use"]);
    assert!(rest.is_empty(), "{rest:?}");
}

#[tokio::test]
async fn a_number_and_a_string_are_two_ids() {
    let mut agent = Agent::open().await;
    agent.call("5", "gate__wait", "{}").await;
    agent.call("\"5\"", "echo__say", "{}").await;
    assert_eq!(id(&agent.hear().await), "\"5\"");
    agent.stub.gate.add_permits(1);
    assert_eq!(id(&agent.hear().await), "5");
}

#[tokio::test]
async fn a_cancelled_call_ends_unanswered_and_frees_its_id_only_then() {
    let mut agent = Agent::open().await;
    agent.call("5", "gate__wait", r#"{"first":true}"#).await;
    agent.stub.until_begun(1).await;
    agent.say(&cancel("5")).await;
    agent.call("5", "echo__say", r#"{"second":true}"#).await;
    assert_eq!(error_code(&agent.hear().await), Some(-32600));
    agent.stub.gate.add_permits(1);
    agent.stub.until_ended(1).await;
    // The handler ends after the call: what is said next finds the id free once a later call is answered.
    agent.call("6", "echo__say", "{}").await;
    assert_eq!(id(&agent.hear().await), "6");
    agent.call("5", "echo__say", r#"{"third":true}"#).await;
    let (stub, rest) = agent.hang_up().await;
    let answers: Vec<_> = rest.iter().map(ToString::to_string).collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].contains(r#"{"third":true}"#), "{answers:?}");
    assert_eq!(stub.calls().len(), 3);
}

#[tokio::test]
async fn a_cancel_that_comes_too_late_changes_nothing() {
    let mut agent = Agent::open().await;
    agent.call("5", "echo__say", "{}").await;
    assert_eq!(id(&agent.hear().await), "5");
    agent.say(&cancel("5")).await;
    agent.call("5", "echo__say", "{}").await;
    assert_eq!(id(&agent.hear().await), "5");
    let (stub, rest) = agent.hang_up().await;
    assert!(rest.is_empty() && stub.refused().is_empty());
}

/// Else the connection would be open and its opening unanswered. What has the id later can be cancelled.
#[tokio::test]
async fn an_opening_cannot_be_cancelled() {
    let mut agent = Agent::connect();
    let both = format!("{INITIALIZE}\n{}", cancel("\"open\""));
    agent.say(&both).await;
    assert_eq!(id(&agent.hear().await), "\"open\"");
    agent.call("\"open\"", "gate__wait", "{}").await;
    agent.stub.until_begun(1).await;
    agent.say(&cancel("\"open\"")).await;
    agent.stub.gate.add_permits(1);
    let (stub, rest) = agent.hang_up().await;
    assert!(rest.is_empty(), "{rest:?}");
    assert_eq!(stub.calls().len(), 1);
}

#[tokio::test]
async fn a_cancel_of_a_string_does_not_cancel_the_number() {
    let mut agent = Agent::open().await;
    agent.call("5", "gate__wait", "{}").await;
    agent.stub.until_begun(1).await;
    agent.say(&cancel("\"5\"")).await;
    agent.stub.gate.add_permits(1);
    assert_eq!(id(&agent.hear().await), "5");
}

#[tokio::test]
async fn answers_come_in_the_order_in_which_calls_end() {
    let mut agent = Agent::open().await;
    agent.call("1", "gate__wait", r#"{"n":1}"#).await;
    agent.call("2", "echo__say", r#"{"n":2}"#).await;
    agent.call("3", "deny__always", "{}").await;
    let heard = [id(&agent.hear().await), id(&agent.hear().await)];
    assert_eq!(heard, ["2", "3"]);
    agent.stub.gate.add_permits(1);
    assert_eq!(id(&agent.hear().await), "1");
}

#[tokio::test]
async fn hanging_up_lets_calls_end_and_be_answered() {
    let mut agent = Agent::open().await;
    for n in 0..10 {
        agent.call(&n.to_string(), "gate__wait", "{}").await;
    }
    let stub = agent.stub.clone();
    let heard = tokio::spawn(agent.hang_up());
    stub.until_begun(10).await;
    stub.gate.add_permits(10);
    let (stub, rest) = heard.await.unwrap();
    assert_eq!(rest.len(), 10);
    assert_eq!(*stub.ended.borrow(), 10);
}

#[tokio::test]
async fn each_connection_is_a_run_of_its_own() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let mut agent = Agent::open().await;
        agent.say(&call("1", "echo__say", "{}")).await;
        agent.say(&call("2", "echo__say", "{}")).await;
        let (stub, _) = agent.hang_up().await;
        let seen = stub.runs.lock().unwrap().clone();
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0].len(), 32);
        runs.push(seen[0].clone());
    }
    assert_ne!(runs[0], runs[1]);
}
