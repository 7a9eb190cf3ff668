//! Who gives way where there is no more room: who never says who it is, then who rests of whom there are most.
//! Knows nothing of what is said.

use aegis_core::limits::HTTP_CONNECTIONS_MAX;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::agent::call;
use crate::http::{ANN, BOB, Served, hear};

const CROWDED: &str = "http.crowded";

async fn silent(served: &Served, count: usize) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..count {
        streams.push(served.connect().await);
    }
    streams
}

/// Whether the other side has ended it, which has said nothing so far.
async fn has_ended(mut stream: TcpStream) -> bool {
    matches!(stream.read(&mut [0]).await, Ok(0) | Err(_))
}

#[tokio::test]
async fn who_says_nothing_keeps_nobody_out() {
    let served = Served::begin().await;
    let mut strangers = silent(&served, HTTP_CONNECTIONS_MAX).await;
    served.open(ANN).await;
    served.stub.until_refused(CROWDED).await;
    assert!(
        has_ended(strangers.remove(0)).await,
        "the first to come is the first to go"
    );
    drop(strangers);
}

#[tokio::test]
async fn who_is_known_stays_and_whose_token_is_nobodys_does_not() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let headers = format!("Mcp-Session-Id: {id}\r\n");
    let body = call("7", "echo__say", "{}");
    let (mut known, mut unknown) = (served.connect().await, served.connect().await);
    let request = served.request("POST", ANN, &headers, &body);
    known.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(hear(&mut known).await.unwrap().status, 200);
    let wrong = served.request("POST", &"0".repeat(32), &headers, &body);
    unknown.write_all(wrong.as_bytes()).await.unwrap();
    assert_eq!(hear(&mut unknown).await.unwrap().status, 401);
    let crowd = silent(&served, HTTP_CONNECTIONS_MAX).await;
    assert!(has_ended(unknown).await);
    known.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(hear(&mut known).await.unwrap().status, 200);
    drop(crowd);
}

#[tokio::test]
async fn whoever_holds_all_connections_keeps_nobody_else_out() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let headers = format!("Mcp-Session-Id: {id}\r\n");
    let request = |n: usize, tool: &str| {
        served.request("POST", ANN, &headers, &call(&n.to_string(), tool, "{}"))
    };
    let mut busy = served.connect().await;
    busy.write_all(request(1_000, "gate__wait").as_bytes())
        .await
        .unwrap();
    served.stub.until_begun(1).await;
    let mut held = Vec::new();
    for n in 1..HTTP_CONNECTIONS_MAX {
        let mut stream = served.connect().await;
        stream
            .write_all(request(n, "echo__say").as_bytes())
            .await
            .unwrap();
        assert_eq!(hear(&mut stream).await.unwrap().status, 200);
        held.push(stream);
    }
    // Whoever rests longest goes, whatever it has said; who is being answered stays.
    served.open(BOB).await;
    assert!(has_ended(held.remove(0)).await);
    served.stub.gate.add_permits(1);
    assert_eq!(hear(&mut busy).await.unwrap().status, 200);
}

/// Also where its answers are streams: a connection rests once one has ended.
#[tokio::test]
async fn whoever_holds_all_connections_by_streams_keeps_nobody_else_out() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let headers = format!("Mcp-Session-Id: {id}\r\n");
    let mut held = Vec::new();
    for n in 0..HTTP_CONNECTIONS_MAX {
        let meta = format!(r#"{{"progressToken":{n}}}"#);
        let params = format!(r#"{{"name":"echo__say","arguments":{{}},"_meta":{meta}}}"#);
        let body =
            format!(r#"{{"jsonrpc":"2.0","id":{n},"method":"tools/call","params":{params}}}"#);
        let request = served.request("POST", ANN, &headers, &body);
        let mut stream = served.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n0\r\n\r\n") {
            assert!(stream.read_buf(&mut heard).await.unwrap() > 0);
        }
        let heard = String::from_utf8(heard).unwrap();
        assert!(heard.contains("text/event-stream"), "{heard}");
        held.push(stream);
    }
    served.open(BOB).await;
    assert!(has_ended(held.remove(0)).await);
}
