//! Who does not read what it is sent over HTTP, or hardly, is let go by name.
//! Knows nothing of what is sent.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use crate::agent::call;
use crate::http::{ANN, Served};

/// Requests one after the other on one connection, and not one answer read.
#[tokio::test]
async fn who_leaves_answers_unread_is_let_go_by_name_and_nobody_else_is_kept_waiting() {
    let served = Served::with(|options| options.pace.stall = Duration::from_millis(50)).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let address = ([127, 0, 0, 1], served.port).into();
    let mut stream = socket.connect(address).await.unwrap();
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(100_000));
    let id = served.open(ANN).await;
    let headers = format!("Mcp-Session-Id: {id}\r\n");
    let request = served.request("POST", ANN, &headers, &call("7", "echo__say", &long));
    let writing = tokio::spawn(async move {
        // The server reads no more once it has nowhere to write, and then hangs up.
        while stream.write_all(request.as_bytes()).await.is_ok() {}
        stream
    });
    served.stub.until_refused("http.slow-reader").await;
    let heard = served
        .post(ANN, &headers, &call("8", "echo__say", "{}"))
        .await;
    assert_eq!(heard.status, 200);
    drop(writing.await);
}

/// A little now and then is no better than nothing: a connection would be held for days.
#[tokio::test]
async fn who_reads_byte_by_byte_is_let_go_by_name() {
    let served = Served::with(|options| options.pace.stall = Duration::from_millis(200)).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let address = ([127, 0, 0, 1], served.port).into();
    let (mut reading, mut writing) = socket.connect(address).await.unwrap().into_split();
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(100_000));
    let id = served.open(ANN).await;
    let headers = format!("Mcp-Session-Id: {id}\r\n");
    let request = served.request("POST", ANN, &headers, &call("7", "echo__say", &long));
    let writes =
        tokio::spawn(async move { while writing.write_all(request.as_bytes()).await.is_ok() {} });
    let mut beats = tokio::time::interval(Duration::from_millis(20));
    let mut piece = [0; 2_048];
    let let_go = served.stub.until_refused("http.slow-reader");
    tokio::pin!(let_go);
    let mut beat = 0;
    loop {
        tokio::select! {
            () = &mut let_go => break,
            _ = beats.tick() => {
                beat += 1;
                assert!(beat < 1_000, "a trickle was enough");
                let _ = reading.read(&mut piece).await;
            }
        }
    }
    writes.await.unwrap();
}
