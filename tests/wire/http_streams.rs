//! What stays open over HTTP: a session's stream by GET, and subscriptions of the newer era.
//! Knows nothing of why tools change.

use std::time::Duration;

use aegis_core::json::Json;
use aegis_core::limits::{HTTP_STREAMS_MAX, STREAMS_MAX};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::agent::{META, call};
use crate::http::{ANN, BOB, Served, hear};
use crate::stub::read;

const CHANGED: &str = r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#;

/// Events as they come; what of them is no event is left out.
struct Events {
    stream: TcpStream,
    head: String,
    bytes: Vec<u8>,
    text: String,
}

impl Events {
    /// Sends a request whose answer must be a stream.
    async fn begin(served: &Served, request: &str) -> Self {
        let mut stream = served.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        let at = loop {
            if let Some(at) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "no head");
        };
        let rest = bytes.split_off(at);
        let head = String::from_utf8(bytes).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        Self {
            stream,
            head,
            bytes: rest,
            text: String::new(),
        }
    }

    /// The next event; `None` where the stream has ended in order.
    async fn next(&mut self) -> Option<String> {
        loop {
            // A comment is a line of its own.
            while let Some(rest) = self.text.strip_prefix(":\n") {
                self.text = rest.to_owned();
            }
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                self.text = rest.to_owned();
                return Some(event);
            }
            if let Some(at) = self.bytes.windows(2).position(|end| end == b"\r\n") {
                let size = std::str::from_utf8(&self.bytes[..at]).unwrap();
                let size = usize::from_str_radix(size, 16).unwrap();
                if self.bytes.len() >= at + 2 + size + 2 {
                    let chunk = self.bytes[at + 2..at + 2 + size].to_vec();
                    self.bytes.drain(..at + 2 + size + 2);
                    self.text.push_str(&String::from_utf8(chunk).unwrap());
                    if size == 0 {
                        return None;
                    }
                    continue;
                }
            }
            let count = self.stream.read_buf(&mut self.bytes).await.unwrap();
            assert!(count > 0, "the stream broke: {:?}", self.text);
        }
    }

    /// The data of the next event.
    async fn message(&mut self) -> Json {
        let event = self.next().await.expect("an event");
        let data = event.lines().find_map(|line| line.strip_prefix("data: "));
        read(data.expect("data"))
    }
}

fn get(served: &Served, token: &str, session: &str, headers: &str) -> String {
    format!(
        "GET /mcp HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n\
         Mcp-Session-Id: {session}\r\n{headers}\r\n",
        served.port
    )
}

const NEWEST: &str = "MCP-Protocol-Version: 2025-11-25\r\n";

fn seen(id: &str) -> String {
    format!("{NEWEST}Last-Event-ID: {id}\r\n")
}

fn primed(id: &str) -> Option<String> {
    Some(format!("retry: 1000\nid: {id}\ndata:"))
}

fn told(id: &str) -> Option<String> {
    Some(format!("event: message\nid: {id}\ndata: {CHANGED}"))
}

fn listen(served: &Served, token: &str, id: &str, filter: &str) -> String {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"subscriptions/listen","params":{{"notifications":{filter},{META}}}}}"#
    );
    let headers = "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: subscriptions/listen\r\n";
    served.request("POST", token, headers, &body)
}

fn under(id: &str) -> String {
    format!(r#""_meta":{{"io.modelcontextprotocol/subscriptionId":{id}}}"#)
}

#[tokio::test]
async fn a_session_hears_on_its_stream_that_tools_have_changed() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let mut events = Events::begin(&served, &get(&served, ANN, &id, NEWEST)).await;
    assert_eq!(events.next().await, primed("lists-0"));
    for n in 1..=3 {
        served.stub.change();
        assert_eq!(events.next().await, told(&format!("lists-{n}")));
    }
    assert!(events.head.contains("cache-control: no-store"));
    // Calls go on beside it, and are answered where they were asked.
    let headers = format!("Mcp-Session-Id: {id}\r\n");
    let heard = served
        .post(ANN, &headers, &call("7", "echo__say", "{}"))
        .await;
    assert_eq!(heard.status, 200);
    served.stub.change();
    assert_eq!(events.next().await, told("lists-4"));
}

#[tokio::test]
async fn what_was_missed_is_told_once_by_the_id_that_was_seen_last() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let mut events = Events::begin(&served, &get(&served, ANN, &id, NEWEST)).await;
    assert_eq!(events.next().await, primed("lists-0"));
    served.stub.change();
    assert_eq!(events.next().await, told("lists-1"));
    drop(events);
    served.stub.change();
    served.stub.change();
    // Whoever has seen everything else hears of the rest, once; whoever has seen less, no more than that.
    for last in ["lists-1", "lists-0"] {
        let mut events = Events::begin(&served, &get(&served, ANN, &id, &seen(last))).await;
        assert_eq!(events.next().await, primed(last));
        assert_eq!(events.next().await, told("lists-3"));
    }
    let mut events = Events::begin(&served, &get(&served, ANN, &id, &seen("lists-3"))).await;
    assert_eq!(events.next().await, primed("lists-3"));
    served.stub.change();
    assert_eq!(events.next().await, told("lists-4"));
    for other in [
        "lists-5",
        "lists-",
        "lists-04",
        "lists-+4",
        "lists--1",
        "4",
        "",
        "lists-18446744073709551616",
    ] {
        let request = get(&served, ANN, &id, &seen(other));
        let heard = served.raw(request.as_bytes()).await.unwrap();
        let is = (heard.status, heard.refusal());
        assert_eq!(is, (400, Some("http.unknown-event".into())), "{other}");
    }
}

/// A change that came between the handshake and the stream is not lost, and one of before is no news.
#[tokio::test]
async fn a_stream_tells_of_what_has_changed_since_its_session_began() {
    let served = Served::begin().await;
    served.stub.change();
    let id = served.open(ANN).await;
    served.stub.change();
    let mut events = Events::begin(&served, &get(&served, ANN, &id, NEWEST)).await;
    assert_eq!(events.next().await, primed("lists-1"));
    assert_eq!(events.next().await, told("lists-2"));
}

/// Before 2025-11-25 clients take every event for a message.
#[tokio::test]
async fn an_older_client_gets_messages_alone() {
    let served = Served::begin().await;
    for headers in ["MCP-Protocol-Version: 2025-03-26\r\n", ""] {
        let id = served.open(ANN).await;
        let mut events = Events::begin(&served, &get(&served, ANN, &id, headers)).await;
        served.stub.change();
        let first = events.next().await.unwrap();
        assert!(first.ends_with(&format!("data: {CHANGED}")), "{first}");
    }
}

#[tokio::test]
async fn a_session_has_one_stream_and_the_newest_connection_carries_it() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let request = get(&served, ANN, &id, NEWEST);
    let mut first = Events::begin(&served, &request).await;
    let mut second = Events::begin(&served, &request).await;
    assert_eq!(first.next().await, primed("lists-0"));
    assert_eq!(first.next().await, None);
    served.stub.change();
    assert_eq!(second.next().await, primed("lists-0"));
    assert_eq!(second.next().await, told("lists-1"));
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_server() {
    let served = Served::begin().await;
    let (ended, other) = (served.open(ANN).await, served.open(BOB).await);
    let mut first = Events::begin(&served, &get(&served, ANN, &ended, NEWEST)).await;
    let mut second = Events::begin(&served, &get(&served, BOB, &other, NEWEST)).await;
    let mut third = Events::begin(
        &served,
        &listen(&served, ANN, "1", r#"{"toolsListChanged":true}"#),
    )
    .await;
    let delete = served.request("DELETE", ANN, &format!("Mcp-Session-Id: {ended}\r\n"), "");
    assert_eq!(served.raw(delete.as_bytes()).await.unwrap().status, 204);
    assert_eq!(first.next().await, primed("lists-0"));
    assert_eq!(first.next().await, None);
    let again = served
        .raw(get(&served, ANN, &ended, NEWEST).as_bytes())
        .await;
    assert_eq!(again.unwrap().status, 404);
    let heard = async {
        assert_eq!(second.next().await, primed("lists-0"));
        assert_eq!(second.next().await, None);
        third.message().await;
        let end = third.message().await;
        assert_eq!(third.next().await, None);
        end
    };
    let (end, stub) = tokio::join!(heard, served.finish());
    let result = end.get("result").expect("a result");
    assert_eq!(result.get("resultType"), Some(&Json::from("complete")));
    let meta = result.get("_meta").expect("meta");
    let id = meta.get("io.modelcontextprotocol/subscriptionId");
    assert_eq!(id, Some(&Json::from(1_i64)));
    assert_eq!(stub.refused(), ["http.unknown-session"]);
}

#[tokio::test]
async fn who_listens_in_the_newer_era_is_told_under_the_id_of_the_request() {
    let served = Served::begin().await;
    for id in ["7", "\"a b\""] {
        let request = listen(
            &served,
            ANN,
            id,
            r#"{"toolsListChanged":true,"promptsListChanged":true,"resourceSubscriptions":["file:///a"],"taskIds":["x"]}"#,
        );
        let mut events = Events::begin(&served, &request).await;
        let first = format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{{{},"notifications":{{"toolsListChanged":true}}}}}}"#,
            under(id)
        );
        assert_eq!(events.message().await, read(&first));
        for _ in 0..2 {
            served.stub.change();
            let told = format!(
                r#"{{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{{{}}}}}"#,
                under(id)
            );
            assert_eq!(events.message().await, read(&told));
        }
    }
    // Who asks for nothing that there is hears nothing, until the end.
    let mut events = Events::begin(&served, &listen(&served, ANN, "9", "{}")).await;
    let first = events.message().await;
    assert_eq!(
        first
            .get("params")
            .and_then(|params| params.get("notifications")),
        Some(&read("{}"))
    );
    served.stub.change();
    let (end, _) = tokio::join!(events.message(), served.finish());
    assert!(end.get("result").is_some(), "{end}");
}

#[tokio::test]
async fn what_stays_open_has_bounds_and_takes_no_room_from_calls() {
    let served = Served::begin().await;
    let id = served.open(ANN).await;
    let mut open = vec![Events::begin(&served, &get(&served, ANN, &id, NEWEST)).await];
    for n in 1..STREAMS_MAX {
        let request = listen(&served, ANN, &n.to_string(), "{}");
        let mut events = Events::begin(&served, &request).await;
        events.message().await;
        open.push(events);
    }
    let refused = |status, code: &str| (status, Some(code.to_owned()), Some("1".to_owned()));
    let second = served.open(ANN).await;
    for request in [
        get(&served, ANN, &second, NEWEST),
        listen(&served, ANN, "99", "{}"),
    ] {
        let heard = served.raw(request.as_bytes()).await.unwrap();
        let retry = heard.header("retry-after").map(str::to_owned);
        assert_eq!(
            (heard.status, heard.refusal(), retry),
            refused(503, "wire.too-many-streams")
        );
    }
    let heard = served
        .post(
            ANN,
            &format!("Mcp-Session-Id: {id}\r\n"),
            &call("7", "echo__say", "{}"),
        )
        .await;
    assert_eq!(heard.status, 200);
    Events::begin(&served, &listen(&served, BOB, "1", "{}")).await;
    const { assert!(STREAMS_MAX < HTTP_STREAMS_MAX) };
    // Whoever goes makes room; that it has gone is seen by the server first.
    open.pop();
    loop {
        let mut stream = served.connect().await;
        stream
            .write_all(get(&served, ANN, &second, NEWEST).as_bytes())
            .await
            .unwrap();
        let mut head = vec![0_u8; 12];
        stream.read_exact(&mut head).await.unwrap();
        if head == b"HTTP/1.1 200" {
            break;
        }
    }
}

#[tokio::test]
async fn a_stream_on_which_nothing_happens_ends_and_can_be_resumed() {
    let served = Served::with(|options| {
        options.pace.idle = Duration::from_millis(20);
        options.pace.beat = Duration::from_millis(3);
    })
    .await;
    let id = served.open(ANN).await;
    let mut events = Events::begin(&served, &get(&served, ANN, &id, NEWEST)).await;
    assert_eq!(events.next().await, primed("lists-0"));
    assert_eq!(events.next().await, None);
    served.stub.change();
    let mut events = Events::begin(&served, &get(&served, ANN, &id, &seen("lists-0"))).await;
    assert_eq!(events.next().await, primed("lists-0"));
    assert_eq!(events.next().await, told("lists-1"));
    let mut events = Events::begin(&served, &listen(&served, ANN, "1", "{}")).await;
    events.message().await;
    let end = events.message().await;
    assert!(end.get("result").is_some(), "{end}");
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn without_streams_nothing_is_announced_and_nothing_stays_open() {
    let served = Served::with(|options| options.streams = false).await;
    let heard = served.post(ANN, "", crate::agent::INITIALIZE).await;
    assert!(!heard.body.contains("listChanged\":true"), "{heard:?}");
    let id = heard.header("mcp-session-id").unwrap().to_owned();
    let heard = served
        .raw(get(&served, ANN, &id, NEWEST).as_bytes())
        .await
        .unwrap();
    assert_eq!(
        (heard.status, heard.header("allow")),
        (405, Some("POST, DELETE"))
    );
    let mut stream = served.connect().await;
    let request = listen(&served, ANN, "1", r#"{"toolsListChanged":true}"#);
    stream.write_all(request.as_bytes()).await.unwrap();
    let heard = hear(&mut stream).await.unwrap();
    assert_eq!((heard.status, heard.code()), (404, Some(-32_601)));
}

#[tokio::test]
async fn with_streams_both_eras_announce_that_lists_change() {
    let served = Served::begin().await;
    let heard = served.post(ANN, "", crate::agent::INITIALIZE).await;
    assert!(
        heard.body.contains(r#""tools":{"listChanged":true}"#),
        "{heard:?}"
    );
    let headers = "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: server/discover\r\n";
    let body =
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{{{META}}}}}"#);
    let heard = served.post(ANN, headers, &body).await;
    assert!(
        heard.body.contains(r#""tools":{"listChanged":true}"#),
        "{heard:?}"
    );
}
