//! Connections that never say who they are give way to those that do.
//! Knows nothing of what is said on them.

use aegis_core::limits::HTTP_CONNECTIONS_MAX;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::agent::call;
use crate::http::{ANN, Served, hear};

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
