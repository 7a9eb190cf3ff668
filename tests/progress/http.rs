//! Progress over HTTP: events before the answer, in both eras, and what it means that a client goes away.
//! Knows nothing of what may leave: pipes have the same.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;

use aegis_tests::Listening;
use serde_json::{Value, json};

use crate::world::{World, heard_under, notification};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const BOTH: &str = "application/json, text/event-stream";

struct Kernel {
    world: World,
    process: Listening,
}

/// An answer as it comes.
struct Heard {
    status: u16,
    kind: String,
    session: Option<String>,
    chunked: bool,
    length: usize,
    body: BufReader<TcpStream>,
}

impl Kernel {
    fn listening() -> Self {
        let world = World::new("progress", "");
        let token = world.path("agent.token");
        std::fs::write(&token, TOKEN).unwrap();
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
        let text = std::fs::read_to_string(world.config()).unwrap();
        let north = "[north.http]\nlisten = \"127.0.0.1:0\"\n[north.http.principal.agent]\ntokens = [\"file:agent.token\"]\n";
        std::fs::write(world.config(), format!("{text}{north}")).unwrap();
        let process = Listening::start(&world.config());
        Self { world, process }
    }

    fn post(&self, accept: &str, headers: &str, body: &Value) -> Heard {
        Heard::begin(self.write(accept, headers, body))
    }

    fn write(&self, accept: &str, headers: &str, body: &Value) -> TcpStream {
        let body = body.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.process.port)).unwrap();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n\
             Accept: {accept}\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.process.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    }

    /// A call of 2026-07-28.
    fn call(&self, accept: &str, params: Value) -> Heard {
        let tool = params["name"].as_str().unwrap().to_owned();
        Heard::begin(self.send(accept, &tool, params))
    }

    fn send(&self, accept: &str, tool: &str, mut params: Value) -> TcpStream {
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
        let headers = format!(
            "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: {tool}\r\n"
        );
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        self.write(accept, &headers, &body)
    }

    /// A session of the older era: its header.
    fn session(&self) -> String {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        let heard = self.post(BOTH, "", &hello);
        assert_eq!(heard.kind, "application/json");
        format!("Mcp-Session-Id: {}\r\n", heard.session.unwrap())
    }

    fn cancelled(&self) -> Value {
        let answer = self
            .call(
                "application/json",
                json!({"name": "h__cancelled", "arguments": {}}),
            )
            .json();
        answer["result"]["structuredContent"]["count"].clone()
    }

    fn end(self) -> World {
        assert_eq!(self.process.end(), Some(0));
        self.world
    }
}

impl Heard {
    fn begin(stream: TcpStream) -> Self {
        let mut body = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(body.read_line(&mut head).unwrap() > 0, "no answer: {head}");
        }
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.to_owned())
        };
        Self {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            kind: header("content-type").unwrap_or_default(),
            session: header("mcp-session-id"),
            chunked: header("transfer-encoding").as_deref() == Some("chunked"),
            length: header("content-length").map_or(0, |length| length.parse().unwrap()),
            body,
        }
    }

    fn json(mut self) -> Value {
        assert_eq!((self.status, self.kind.as_str()), (200, "application/json"));
        let mut body = vec![0; self.length];
        self.body.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// The next event; `None` at the stream's end. The server sends each event as one chunk.
    fn event(&mut self) -> Option<Value> {
        assert_eq!(
            (self.status, self.kind.as_str(), self.chunked),
            (200, "text/event-stream", true)
        );
        let mut size = String::new();
        self.body.read_line(&mut size).unwrap();
        let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
        let mut event = vec![0; size + 2];
        self.body.read_exact(&mut event).unwrap();
        if size == 0 {
            return None;
        }
        let text = String::from_utf8(event).unwrap();
        let data = text.strip_prefix("event: message\ndata: ").unwrap();
        Some(serde_json::from_str(data.strip_suffix("\n\n\r\n").unwrap()).unwrap())
    }
}

fn telling() -> Value {
    let lines = [1, 2].map(|at| {
        notification(&format!(
            r#"{{"progressToken":@TOKEN,"progress":{at},"total":2}}"#
        ))
    });
    heard_under(
        &json!("t"),
        "h__tells",
        &json!({"before": lines.join("\n")}),
    )
}

fn all(mut heard: Heard) {
    for at in [1, 2] {
        let event = heard.event().unwrap();
        assert_eq!(
            event["params"],
            json!({"progressToken": "t", "progress": at, "total": 2})
        );
    }
    let answer = heard.event().unwrap();
    assert_eq!(
        (answer["id"].as_i64(), answer["result"]["isError"].as_bool()),
        (Some(1), Some(false)),
        "{answer}"
    );
    assert_eq!(heard.event(), None);
}

#[test]
fn events_come_before_the_answer_and_end_with_it_in_both_eras() {
    let kernel = Kernel::listening();
    all(kernel.call(BOTH, telling()));
    all(kernel.call("text/event-stream;q=0.5, application/json", telling()));
    let session = kernel.session();
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": telling()});
    all(kernel.post(BOTH, &session, &body));
    kernel.end();
}

#[test]
fn who_takes_no_events_or_asks_for_no_progress_gets_one_text() {
    let kernel = Kernel::listening();
    for accept in [
        "application/json",
        "*/*",
        "application/*",
        "application/json, text/event-stream;q=0",
    ] {
        let answer = kernel.call(accept, telling()).json();
        assert_eq!(
            answer["result"]["isError"],
            json!(false),
            "{accept}: {answer}"
        );
    }
    let mut silent = telling();
    silent.as_object_mut().unwrap().remove("_meta");
    let answer = kernel.call(BOTH, silent).json();
    assert_eq!(answer["result"]["structuredContent"]["asked"], json!(false));
    // What never becomes a call has its status and its text, whoever listens.
    let unknown = kernel.post(
        BOTH,
        "MCP-Protocol-Version: 1999-01-01\r\nMcp-Method: tools/call\r\nMcp-Name: h__tells\r\n",
        &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "h__tells", "_meta": {
            "progressToken": "t", "io.modelcontextprotocol/protocolVersion": "1999-01-01", "io.modelcontextprotocol/clientCapabilities": {}}}}),
    );
    assert_eq!(
        (unknown.status, unknown.kind.as_str()),
        (400, "application/json")
    );
    kernel.end();
}

#[test]
fn in_the_newer_era_who_closes_the_stream_cancels() {
    let kernel = Kernel::listening();
    let mut heard = kernel.call(BOTH, heard_under(&json!("t"), "h__holds", &json!({})));
    assert_eq!(heard.event().unwrap()["params"]["progress"], json!(1));
    assert_eq!(kernel.cancelled(), json!(0));
    drop(heard);
    while kernel.cancelled() != json!(1) {}
    let world = kernel.end();
    let outcomes = world.outcomes();
    assert!(
        outcomes.contains(&("unknown".to_owned(), "cancelled".to_owned())),
        "{outcomes:?}"
    );
}

/// It has no stream yet that it could close, and no other way to say so.
#[test]
fn in_the_newer_era_who_goes_away_before_the_answer_cancels() {
    let kernel = Kernel::listening();
    let params = json!({"name": "h__holds", "arguments": {}});
    let stream = kernel.send("application/json", "h__holds", params);
    while kernel.world.intents("h__holds") == 0 {
        assert_eq!(kernel.cancelled(), json!(0));
    }
    drop(stream);
    while kernel.cancelled() != json!(1) {}
    kernel.end();
}

#[test]
fn in_the_older_era_a_client_that_goes_away_cancels_nothing() {
    let kernel = Kernel::listening();
    let session = kernel.session();
    let params = heard_under(&json!("t"), "h__holds", &json!({}));
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let mut heard = kernel.post(BOTH, &session, &body);
    assert_eq!(heard.event().unwrap()["params"]["progress"], json!(1));
    drop(heard);
    // Time enough for a cancel to arrive, had there been one: the same child answers in turn.
    for _ in 0..20 {
        assert_eq!(kernel.cancelled(), json!(0));
    }
    kernel
        .call(
            "application/json",
            json!({"name": "h__lets-go", "arguments": {}}),
        )
        .json();
    let world = kernel.end();
    assert!(
        world.outcomes().iter().all(|(status, _)| status == "ok"),
        "{:?}",
        world.outcomes()
    );
}
