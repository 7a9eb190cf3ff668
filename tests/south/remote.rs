//! Downstreams over HTTP: both eras as they are meant, and every way in which a server can fail a call, by name.
//! Knows nothing of policy.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;

use aegis_core::refusal::{FailureCode, Sent};
use aegis_host::config::{PeerConfig, RemoteConfig, SecretRef};
use aegis_host::dial::Address;
use serde::Deserialize;

use super::far::{Far, SESSION, Trick, response};
use super::kit::{CANARY, Running, World, failure, json};

impl World {
    /// A downstream over HTTP, with a time to answer.
    fn far(self, name: &str, url: &str, timeout_ms: u64) -> Self {
        let token = self.file("token", CANARY.as_bytes(), 0o600);
        self.far_with(name, url, timeout_ms, SecretRef::File(token))
    }

    /// The same with a token of its own.
    pub(crate) fn far_with(
        mut self,
        name: &str,
        url: &str,
        timeout_ms: u64,
        token: SecretRef,
    ) -> Self {
        self = self.with(name, &["legacy"], timeout_ms);
        let key = self.file("key", format!("Basic {CANARY}-key").as_bytes(), 0o600);
        let south = self.config.south.get_mut(name).unwrap();
        south.peer = PeerConfig::Remote(RemoteConfig {
            address: Address::parse(url, "/", false).unwrap(),
            ca: None,
            bearer: Some(token),
            secret_headers: BTreeMap::from([("x-key".to_owned(), SecretRef::File(key))]),
            headers: BTreeMap::from([("x-tenant".to_owned(), "acme".to_owned())]),
        });
        self
    }
}

async fn before(far: &Far, timeout_ms: u64) -> Running {
    let world = World::new().far("h", &far.url(), timeout_ms);
    let running = world.start().await.unwrap();
    assert_eq!(running.south.warnings(), []);
    running
}

#[tokio::test]
async fn a_session_is_opened_shown_and_ended() {
    let far = Far::listening(true);
    let running = before(&far, 10_000).await;
    let exact = r#"{"n":12345678901234567890123,"m":1.0}"#;
    running.call("h", "echo", exact).await.unwrap();
    running.south.shutdown().await;
    let heard = far.heard();
    let lines: Vec<&str> = heard.iter().map(|one| one.method()).collect();
    assert_eq!(
        lines,
        [
            "server/discover",
            "initialize",
            "notifications/initialized",
            "tools/list",
            "tools/call",
            ""
        ]
    );
    assert!(heard[4].text.contains(exact), "{}", heard[4].text);
    for one in &heard {
        assert_eq!(
            one.header("authorization"),
            Some(format!("Bearer {CANARY}").as_str())
        );
        assert_eq!(
            one.header("x-key"),
            Some(format!("Basic {CANARY}-key").as_str())
        );
        assert_eq!(one.header("x-tenant"), Some("acme"));
        assert_eq!(one.header("accept-encoding"), Some("identity"));
    }
    for one in heard.iter().skip(2) {
        assert_eq!(one.header("mcp-session-id"), Some(SESSION), "{one:?}");
        assert_eq!(
            one.header("mcp-protocol-version"),
            Some("2025-11-25"),
            "{one:?}"
        );
        assert_eq!(one.header("mcp-method"), None);
    }
    assert!(heard.last().unwrap().head[0].starts_with("DELETE /mcp "));
}

#[tokio::test]
async fn in_the_newer_era_each_request_stands_alone() {
    let far = Far::listening(false);
    let running = before(&far, 10_000).await;
    assert_eq!(running.says("h", "echo").await, json(r#"{"own":{}}"#));
    running.south.shutdown().await;
    let heard = far.heard();
    let lines: Vec<&str> = heard.iter().map(|one| one.method()).collect();
    assert_eq!(lines, ["server/discover", "tools/list", "tools/call"]);
    for one in &heard {
        assert_eq!(one.header("mcp-protocol-version"), Some("2026-07-28"));
        assert_eq!(one.header("mcp-method"), Some(one.method()));
        assert_eq!(one.header("mcp-session-id"), None);
        let meta = &one.body["params"]["_meta"];
        assert_eq!(
            meta["io.modelcontextprotocol/protocolVersion"],
            "2026-07-28"
        );
    }
    assert_eq!(heard.last().unwrap().header("mcp-name"), Some("echo"));
}

/// A fault of a server, and what becomes of the call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// What the server answers: a status and its headers with a body of its length …
    status: Option<String>,
    #[serde(default)]
    head: Vec<String>,
    #[serde(default)]
    body: String,
    /// … or these bytes, then as they come.
    raw: Option<String>,
    #[serde(default)]
    floods: String,
    #[serde(default)]
    hangs: bool,
    #[serde(default = "patient")]
    timeout_ms: u64,
    /// `ok`, or whether it was sent, and the failure.
    outcome: String,
    /// The same of the next call; `ok` where it is not said.
    next: Option<String>,
    /// One era alone.
    era: Option<String>,
}

impl Case {
    fn says(&self) -> Vec<u8> {
        match (&self.raw, &self.status) {
            (Some(raw), _) => raw.clone().into_bytes(),
            (None, Some(status)) => {
                // The id is a number of one digit here, so that the length is known.
                let body = self.body.replace("@id", "~");
                let says = response(status, &self.head.join("\r\n"), &body);
                String::from_utf8(says).unwrap().replace('~', "@id").into()
            }
            (None, None) => Vec::new(),
        }
    }
}

fn patient() -> u64 {
    20_000
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

fn outcome(told: Result<aegis_core::json::Json, aegis_core::refusal::Failure>) -> String {
    match told {
        Ok(answer) => {
            let own = answer.get("structuredContent").and_then(|it| it.get("own"));
            let error = answer.get("isError").and_then(|it| it.as_bool()) == Some(true);
            match (own.is_some(), error) {
                (true, false) => "ok".to_owned(),
                (_, true) => "error".to_owned(),
                _ => format!("another answer: {answer}"),
            }
        }
        Err(failure) => format!("{} {}", failure.sent.as_str(), failure.code.as_str()),
    }
}

#[tokio::test]
async fn every_fault_has_a_name_and_the_next_call_is_served() {
    let text = include_str!("../corpus/remote/faults.toml");
    let cases: Cases = toml::from_str(text).unwrap();
    let mut wrong = Vec::new();
    for case in &cases.case {
        for era in ["old", "new"] {
            if case.era.as_deref().is_some_and(|only| only != era) {
                continue;
            }
            let far = Far::listening(era == "old");
            let running = before(&far, case.timeout_ms).await;
            let says = case.says();
            far.play(Trick {
                at: "tools/call".to_owned(),
                says,
                floods: case.floods.clone().into_bytes(),
                hangs: case.hangs,
                ..Trick::default()
            });
            let told = outcome(running.call("h", "echo", "{}").await);
            let next = outcome(running.call("h", "echo", "{}").await);
            let expected = (case.outcome.as_str(), case.next.as_deref().unwrap_or("ok"));
            if (told.as_str(), next.as_str()) != expected {
                wrong.push(format!("{} ({era}): {told}, then {next}", case.name));
            }
            running.south.shutdown().await;
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn however_a_response_is_cut_it_says_the_same() {
    let cases: Cases = toml::from_str(include_str!("../corpus/remote/faults.toml")).unwrap();
    let said = cases.case.iter().filter(|case| case.outcome == "ok");
    let mut count = 0;
    for case in said {
        let far = Far::listening(false);
        let running = before(&far, case.timeout_ms).await;
        far.play(Trick {
            at: "tools/call".to_owned(),
            says: case.says(),
            bytewise: true,
            ..Trick::default()
        });
        assert_eq!(
            outcome(running.call("h", "echo", "{}").await),
            "ok",
            "{}",
            case.name
        );
        running.south.shutdown().await;
        count += 1;
    }
    assert!(count >= 3);
}

#[tokio::test]
async fn a_server_that_does_not_open_is_a_warning_that_says_why() {
    let long = format!(
        "content-type: application/json\r\nmcp-session-id: {}",
        "x".repeat(2_000)
    );
    let blank = "content-type: application/json\r\nmcp-session-id: a b";
    let opened = r#"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"f","version":"1"}}}"#;
    for (at, says, why) in [
        (
            "server/discover",
            response("401 Unauthorized", "www-authenticate: Bearer", ""),
            "HTTP status 401",
        ),
        (
            "server/discover",
            response(
                "307 Temporary Redirect",
                "location: http://127.0.0.1:1/",
                "",
            ),
            "leads elsewhere",
        ),
        (
            "server/discover",
            response("200 OK", "content-type: text/html", "<h1>hi</h1>"),
            "something else than JSON",
        ),
        (
            "initialize",
            response("503 Service Unavailable", "retry-after: 1", ""),
            "HTTP status 503",
        ),
        (
            "initialize",
            response("200 OK", &long, opened),
            "a session's id",
        ),
        (
            "initialize",
            response("200 OK", blank, opened),
            "a session's id",
        ),
        (
            "tools/list",
            response("500 Internal Server Error", "x: y", ""),
            "HTTP status 500",
        ),
    ] {
        let far = Far::listening(true);
        far.play(Trick {
            at: at.to_owned(),
            says,
            always: true,
            ..Trick::default()
        });
        let world = World::new().far("h", &far.url(), 2_000);
        let running = world.start().await.unwrap();
        let warning = running.south.warnings().first().unwrap().to_string();
        assert!(warning.contains(why), "{at}: {warning}");
        assert!(!warning.contains(CANARY), "{warning}");
        let unavailable = Err(failure(Sent::No, FailureCode::Unavailable));
        for _ in 0..3 {
            assert_eq!(running.call("h", "echo", "{}").await, unavailable, "{at}");
        }
        running.south.shutdown().await;
    }
}

#[tokio::test]
async fn what_cannot_be_reached_was_not_sent() {
    // A port where nobody listens any more.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let world = World::new().far("h", &format!("http://127.0.0.1:{port}/mcp"), 2_000);
    let running = world.start().await.unwrap();
    let warning = running.south.warnings().first().unwrap().to_string();
    assert!(warning.contains("cannot be reached"), "{warning}");
    let got = running.call("h", "echo", "{}").await;
    assert_eq!(got, Err(failure(Sent::No, FailureCode::Unavailable)));
    running.south.shutdown().await;
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_hears_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut block = [0; 4_096];
        let count = stream.read(&mut block).unwrap();
        // It speaks no TLS at all.
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        String::from_utf8_lossy(&block[..count]).into_owned()
    });
    let mut world = World::new().far("h", &format!("http://127.0.0.1:{port}/mcp"), 2_000);
    let south = world.config.south.get_mut("h").unwrap();
    if let PeerConfig::Remote(remote) = &mut south.peer {
        remote.address =
            Address::parse(&format!("https://127.0.0.1:{port}/mcp"), "/", false).unwrap();
    }
    let running = world.start().await.unwrap();
    assert_eq!(running.south.warnings().len(), 1);
    assert!(!heard.join().unwrap().contains(CANARY));
    running.south.shutdown().await;
}

#[tokio::test]
async fn one_slow_server_over_http_delays_no_other() {
    let (slow, quick) = (Far::listening(false), Far::listening(false));
    slow.play(Trick {
        at: "tools/call".to_owned(),
        hangs: true,
        always: true,
        ..Trick::default()
    });
    let world = World::new()
        .far("slow", &slow.url(), 3_000)
        .far("quick", &quick.url(), 3_000);
    let running = world.start().await.unwrap();
    let waiting = running.call("slow", "echo", "{}");
    tokio::pin!(waiting);
    tokio::select! {
        early = &mut waiting => panic!("the slow server was first: {early:?}"),
        answer = running.call("quick", "echo", "{}") => assert!(answer.is_ok()),
    }
    assert_eq!(
        waiting.await,
        Err(failure(Sent::Maybe, FailureCode::Timeout))
    );
    running.south.shutdown().await;
}
