//! Sessions, principals, bounds, cancelling and ending over HTTP.
//! Knows nothing of what is wrong with single requests.

use std::collections::BTreeSet;

use aegis_core::json::Json;
use aegis_core::limits::{HTTP_SESSIONS_MAX, IN_FLIGHT_CALLS_MAX};
use tokio::io::AsyncWriteExt;

use crate::agent::{META, call};
use crate::http::{ANN, BOB, Served, hear};

fn modern(id: &str, tool: &str) -> (String, String) {
    let headers = format!(
        "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: {tool}\r\n"
    );
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{{"n":{id}}},{META}}}}}"#
    );
    (headers, body)
}

fn session(id: &str) -> String {
    format!("Mcp-Session-Id: {id}\r\nMCP-Protocol-Version: 2025-11-25\r\n")
}

#[tokio::test]
async fn each_session_is_a_run_and_each_principal_has_one_beside() {
    let served = Served::begin().await;
    for token in [ANN, ANN, BOB] {
        let id = served.open(token).await;
        for n in ["1", "2"] {
            let heard = served
                .post(token, &session(&id), &call(n, "echo__say", "{}"))
                .await;
            assert_eq!(heard.status, 200, "{heard:?}");
        }
    }
    for token in [ANN, BOB, ANN] {
        let (headers, body) = modern("1", "echo__say");
        assert_eq!(served.post(token, &headers, &body).await.status, 200);
    }
    let stub = served.finish().await;
    let runs = stub.runs.lock().unwrap().clone();
    let pairs: Vec<_> = runs[..6].chunks(2).collect();
    assert!(pairs.iter().all(|pair| pair[0] == pair[1]));
    assert_eq!(runs.iter().collect::<BTreeSet<_>>().len(), 5);
    assert_eq!(runs[6], runs[8]);
}

#[tokio::test]
async fn exact_numbers_and_the_order_of_keys_survive() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let arguments = r#"{"z":12345678901234567890123,"a":1.10,"é\u2028":"\u0000"}"#;
    let arguments = arguments.replace(r#","é\u2028":"\u0000""#, "");
    let heard = served
        .post(ANN, &session(&id), &call("7", "echo__say", &arguments))
        .await;
    assert!(
        heard
            .body
            .contains(&format!("\"structuredContent\":{arguments}")),
        "{heard:?}"
    );
}

/// The same id in one session at the same time is refused; in two sessions, or for requests that stand
/// alone, it is nobody else's matter.
#[tokio::test]
async fn ids_belong_to_their_session() {
    let served = Served::begin().await;
    let (one, two) = (served.open(ANN).await, served.open(ANN).await);
    let slow = |id: &str| served.request("POST", ANN, &session(id), &call("7", "gate__wait", "{}"));
    let (mut first, mut other) = (served.connect().await, served.connect().await);
    first.write_all(slow(&one).as_bytes()).await.unwrap();
    other.write_all(slow(&two).as_bytes()).await.unwrap();
    served.stub.until_begun(2).await;
    let heard = served
        .post(ANN, &session(&one), &call("7", "echo__say", "{}"))
        .await;
    assert_eq!(heard.refusal().as_deref(), Some("wire.id-in-use"));
    let (headers, body) = modern("7", "echo__say");
    assert_eq!(served.post(ANN, &headers, &body).await.status, 200);
    served.stub.gate.add_permits(2);
    for stream in [&mut first, &mut other] {
        let heard = hear(stream).await.unwrap();
        assert_eq!(heard.json().get("id"), Some(&Json::from(7_i64)));
    }
    assert_eq!(served.finish().await.calls().len(), 3);
}

#[tokio::test]
async fn a_cancelled_call_has_no_answer_and_ends_all_the_same() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let mut slow = served.connect().await;
    let request = served.request("POST", ANN, &session(&id), &call("7", "gate__wait", "{}"));
    slow.write_all(request.as_bytes()).await.unwrap();
    served.stub.until_begun(1).await;
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#;
    // Another's cancel reaches nothing: it has no session to send it in.
    assert_eq!(served.post(BOB, &session(&id), cancel).await.status, 404);
    assert_eq!(served.post(ANN, &session(&id), cancel).await.status, 202);
    served.stub.gate.add_permits(1);
    let heard = hear(&mut slow).await.unwrap();
    assert_eq!((heard.status, heard.body.as_str()), (202, ""));
    let heard = served
        .post(ANN, &session(&id), &call("7", "echo__say", "{}"))
        .await;
    assert_eq!(heard.status, 200, "{heard:?}");
    assert_eq!(*served.stub.ended.borrow(), 2);
}

#[tokio::test]
async fn a_client_that_goes_away_cuts_no_call_in_half() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let (headers, body) = modern("1", "gate__wait");
    for (headers, body) in [
        (session(&id), call("7", "gate__wait", "{}")),
        (headers, body),
    ] {
        let begun = *served.stub.begun.borrow();
        let mut stream = served.connect().await;
        let request = served.request("POST", ANN, &headers, &body);
        stream.write_all(request.as_bytes()).await.unwrap();
        served.stub.until_begun(begun + 1).await;
    }
    served.stub.gate.add_permits(2);
    served.stub.until_ended(2).await;
    // The id is free again: nothing was left behind.
    let heard = served
        .post(ANN, &session(&id), &call("7", "echo__say", "{}"))
        .await;
    assert_eq!(heard.status, 200, "{heard:?}");
}

#[tokio::test]
async fn what_is_in_flight_ends_before_the_server_does() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let mut slow = served.connect().await;
    let request = served.request("POST", ANN, &session(&id), &call("7", "gate__wait", "{}"));
    slow.write_all(request.as_bytes()).await.unwrap();
    let stub = std::sync::Arc::clone(&served.stub);
    stub.until_begun(1).await;
    let heard = async {
        stub.gate.add_permits(1);
        hear(&mut slow).await.unwrap()
    };
    let (heard, _) = tokio::join!(heard, served.finish());
    assert_eq!(heard.status, 200);
}

#[tokio::test]
async fn one_principal_takes_no_room_from_another() {
    let served = Served::begin().await;
    let mut streams = Vec::new();
    for n in 0..IN_FLIGHT_CALLS_MAX + 3 {
        let mut stream = served.connect().await;
        let (headers, body) = modern(&n.to_string(), "gate__wait");
        let request = served.request("POST", ANN, &headers, &body);
        stream.write_all(request.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    served.stub.until_begun(IN_FLIGHT_CALLS_MAX).await;
    let (headers, body) = modern("1", "echo__say");
    assert_eq!(served.post(BOB, &headers, &body).await.status, 200);
    served.stub.gate.add_permits(IN_FLIGHT_CALLS_MAX + 3);
    for stream in &mut streams {
        assert_eq!(hear(stream).await.unwrap().status, 200);
    }
    let peak = served.stub.peak.load(std::sync::atomic::Ordering::SeqCst);
    assert!(peak <= IN_FLIGHT_CALLS_MAX + 1, "{peak}");
}

/// Neither where a call of unannounced length is under way, nor where as many are as may be.
#[tokio::test]
async fn a_cancel_waits_for_no_room() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let begin = |n: usize| {
        let body = call(&n.to_string(), "gate__wait", "{}");
        let head = served.request("POST", ANN, &session(&id), "");
        let head = head.replace("Content-Length: 0", "Transfer-Encoding: chunked");
        format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
    };
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0}}"#;
    let ping = r#"{"jsonrpc":"2.0","id":"p","method":"ping"}"#;
    let mut streams = Vec::new();
    for n in 0..IN_FLIGHT_CALLS_MAX {
        let mut stream = served.connect().await;
        stream.write_all(begin(n).as_bytes()).await.unwrap();
        served.stub.until_begun(n + 1).await;
        streams.push(stream);
        if n == 0 {
            assert_eq!(served.post(ANN, &session(&id), ping).await.status, 200);
        }
    }
    assert_eq!(served.post(ANN, &session(&id), cancel).await.status, 202);
    served.stub.gate.add_permits(IN_FLIGHT_CALLS_MAX);
    for (n, stream) in streams.iter_mut().enumerate() {
        let wanted = if n == 0 { 202 } else { 200 };
        assert_eq!(hear(stream).await.unwrap().status, wanted);
    }
}

#[tokio::test]
async fn the_session_that_was_idle_for_longest_makes_room() {
    let served = Served::begin().await;
    let first = served.open(ANN).await;
    let second = served.open(ANN).await;
    let others = served.open(BOB).await;
    for _ in 2..HTTP_SESSIONS_MAX {
        served.open(ANN).await;
    }
    // The first one is used again, so the second one goes.
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    assert_eq!(served.post(ANN, &session(&first), ping).await.status, 200);
    served.open(ANN).await;
    assert_eq!(served.post(ANN, &session(&second), ping).await.status, 404);
    assert_eq!(served.post(ANN, &session(&first), ping).await.status, 200);
    assert_eq!(served.post(BOB, &session(&others), ping).await.status, 200);
}

/// Many requests on one connection, one after the other, as clients keep connections.
#[tokio::test]
async fn a_connection_serves_more_than_one() {
    let served = Served::begin().await;
    let mut stream = served.connect().await;
    for n in 0..20_i32 {
        let token = if n % 2 == 0 { ANN } else { BOB };
        let (headers, body) = modern(&n.to_string(), "echo__say");
        let request = served.request("POST", token, &headers, &body);
        stream.write_all(request.as_bytes()).await.unwrap();
        let heard = hear(&mut stream).await.unwrap();
        assert_eq!(heard.json().get("id"), Some(&Json::from(i64::from(n))));
    }
}
