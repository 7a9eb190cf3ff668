//! Every way in which a downstream can fail a call, by name, and the call after it.
//! Knows nothing of exactness.

use aegis_core::refusal::{Failure, FailureCode, Sent};

use super::kit::{Running, World, failure, json};

async fn hostile(timeout_ms: u64) -> Running {
    World::new()
        .with("h", &["legacy"], timeout_ms)
        .start()
        .await
        .unwrap()
}

/// After whatever happened, the downstream serves again.
async fn serves(running: &Running) {
    running.call("h", "echo", "{}").await.unwrap();
}

#[tokio::test]
async fn a_bad_answer_has_a_name_and_the_child_is_replaced() {
    let lost = |code| failure(Sent::Maybe, code);
    let cases: &[(&str, &str, Failure)] = &[
        ("die", "{}", lost(FailureCode::Crashed)),
        ("lost", "{}", lost(FailureCode::Crashed)),
        ("not-utf8", "{}", lost(FailureCode::Unreadable)),
        ("duplicate-key", "{}", lost(FailureCode::Unreadable)),
        ("unfinished", "{}", lost(FailureCode::Unreadable)),
        ("no-object", "{}", lost(FailureCode::Unreadable)),
        ("strays", r#"{"count":3}"#, lost(FailureCode::Unreadable)),
        (
            "line",
            r#"{"line":"Listening on port 80"}"#,
            lost(FailureCode::Unreadable),
        ),
        ("line", r#"{"line":"[]"}"#, lost(FailureCode::Unreadable)),
        (
            "line",
            r#"{"line":"{\"jsonrpc\":\"1.0\",\"id\":3,\"result\":{}}"}"#,
            lost(FailureCode::Unreadable),
        ),
        (
            "line",
            r#"{"line":"{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{},\"error\":{}}"}"#,
            lost(FailureCode::Unreadable),
        ),
        (
            "line",
            r#"{"line":"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"x\",\"result\":{}}"}"#,
            lost(FailureCode::Unreadable),
        ),
    ];
    let running = hostile(5_000).await;
    for (tool, arguments, expected) in cases {
        let got = running.call("h", tool, arguments).await;
        assert_eq!(got, Err(*expected), "{tool} {arguments}");
        serves(&running).await;
    }
    running.south.shutdown().await;
}

#[tokio::test]
async fn noise_is_dropped_and_the_answer_still_arrives() {
    let running = hostile(10_000).await;
    for (tool, arguments, expected) in [
        ("flood", "{}", r#"{"flooded":true}"#),
        ("strays", r#"{"count":2}"#, r#"{"own":true}"#),
        ("twice", "{}", r#"{"first":true}"#),
        ("stderr", "{}", "{}"),
    ] {
        let fresh = hostile(10_000).await;
        let result = fresh.call("h", tool, arguments).await.unwrap();
        assert_eq!(
            result.get("structuredContent"),
            Some(&json(expected)),
            "{tool}"
        );
        serves(&fresh).await;
        fresh.south.shutdown().await;
    }
    running.south.shutdown().await;
}

#[tokio::test]
async fn an_answer_under_another_form_of_the_id_is_none() {
    let running = hostile(700).await;
    let got = running.call("h", "text-id", "{}").await;
    assert_eq!(got, Err(failure(Sent::Maybe, FailureCode::Timeout)));
    running.south.shutdown().await;
}

#[tokio::test]
async fn silence_is_a_timeout_and_the_server_is_told() {
    let running = hostile(700).await;
    let late = failure(Sent::Maybe, FailureCode::Timeout);
    assert_eq!(running.call("h", "hang", "{}").await, Err(late));
    assert_eq!(running.says("h", "cancelled").await, json(r#"{"count":1}"#));
    // Three in a row, and the child is given up: a fresh one has been told of no cancellation.
    for _ in 0..3 {
        assert_eq!(running.call("h", "hang", "{}").await, Err(late));
    }
    assert_eq!(running.says("h", "cancelled").await, json(r#"{"count":0}"#));
    running.south.shutdown().await;
}

#[tokio::test]
async fn one_slow_server_never_delays_another() {
    let world = World::new()
        .with("slow", &["legacy"], 2_000)
        .with("quick", &["legacy"], 2_000);
    let running = world.start().await.unwrap();
    let slow = running.call("slow", "hang", "{}");
    tokio::pin!(slow);
    tokio::select! {
        early = &mut slow => panic!("the slow server was first: {early:?}"),
        answer = running.call("quick", "echo", "{}") => assert!(answer.is_ok()),
    }
    assert_eq!(slow.await, Err(failure(Sent::Maybe, FailureCode::Timeout)));
    running.south.shutdown().await;
}

#[tokio::test]
async fn a_child_that_has_gone_before_the_call_is_replaced_without_a_word() {
    let running = hostile(5_000).await;
    let pid = running
        .says("h", "world")
        .await
        .get("pid")
        .unwrap()
        .to_string();
    running.call("h", "answer-and-die", "{}").await.unwrap();
    while super::kit::lives(&pid) {
        std::thread::yield_now();
    }
    serves(&running).await;
    running.south.shutdown().await;
}

#[tokio::test]
async fn a_child_that_never_serves_is_a_warning_and_then_a_pause() {
    for (mode, code) in [
        ("dead", FailureCode::Crashed),
        ("silent", FailureCode::Timeout),
        ("endless", FailureCode::TooLarge),
        ("doubled", FailureCode::Unreadable),
    ] {
        let running = World::new().with("h", &[mode], 300).start().await.unwrap();
        let warning = running.south.warnings().first().unwrap().to_string();
        assert!(warning.contains(code.as_str()), "{mode}: {warning}");
        let unavailable = Err(failure(Sent::No, FailureCode::Unavailable));
        for _ in 0..3 {
            assert_eq!(running.call("h", "echo", "{}").await, unavailable, "{mode}");
        }
        running.south.shutdown().await;
    }
}

#[tokio::test]
async fn an_unknown_server_is_unavailable() {
    let running = hostile(1_000).await;
    let got = running.call("nobody", "echo", "{}").await;
    assert_eq!(got, Err(failure(Sent::No, FailureCode::Unavailable)));
    running.south.shutdown().await;
}

#[tokio::test]
async fn the_kernels_own_reading_may_be_large() {
    let running = hostile(20_000).await;
    let result = running.call("h", "oversized", "{}").await.unwrap();
    let block = &result.get("content").unwrap().as_array().unwrap()[0];
    assert_eq!(block.get("text").unwrap().as_str().unwrap().len(), 9 << 20);
    running.south.shutdown().await;
}

/// MCP, lifecycle: a client that does not support the version of the answer leaves.
#[tokio::test]
async fn who_answers_a_handshake_by_a_version_that_has_none_is_not_spoken_with() {
    for (version, spoken) in [
        ("2024-11-05", true),
        ("2025-03-26", true),
        ("2025-06-18", true),
        ("2025-11-25", true),
        ("2026-07-28", false),
        ("2099-01-01", false),
        ("1999-01-01", false),
        ("2025-11-25x", false),
        ("zzz", false),
        ("", false),
    ] {
        let world = World::new().with("h", &["speaks", version], 5_000);
        let running = world.start().await.unwrap();
        let got = running.call("h", "echo", "{}").await;
        assert_eq!(got.is_ok(), spoken, "{version}: {got:?}");
        assert_eq!(running.south.warnings().is_empty(), spoken, "{version}");
        running.south.shutdown().await;
    }
}
