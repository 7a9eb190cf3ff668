//! `aegis serve --http` as a process: what it takes to start, who is who, how it ends.
//! Knows nothing of HTTP's corners: those are in `wire/`.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use aegis_tests::{Listening, TempWorld};
use serde_json::{Value, json};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";
/// SHA-256 of `OTHER`.
const OTHER_SHA256: &str = "@OTHER";

struct Kernel(Listening);

fn configured(north: &str) -> TempWorld {
    let world = TempWorld::new();
    let config = world.config();
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}\n{north}\n")).unwrap();
    write_token(&world, TOKEN);
    world
}

fn write_token(world: &TempWorld, token: &str) {
    let path = world.path("agent.token");
    fs::write(&path, format!("{token}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn usual() -> String {
    let digest = aegis_host::north::http::Bearers::digest(OTHER.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    r#"
[north.http]
listen = "127.0.0.1:0"
[north.http.principal.analyst-agent]
tokens = ["file:agent.token"]
[north.http.principal.nobody-in-particular]
tokens = ["sha256:@OTHER"]
"#
    .replace(OTHER_SHA256, &hex)
}

impl Kernel {
    fn listening(world: &TempWorld) -> Self {
        Self(Listening::start(&world.config()))
    }

    fn post(&self, token: &str, tool: &str, arguments: &Value) -> (u16, Value) {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let params = json!({"name": tool, "arguments": arguments, "_meta": meta});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let body = body.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.0.port)).unwrap();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nMCP-Protocol-Version: 2026-07-28\r\n\
             Mcp-Method: tools/call\r\nMcp-Name: {tool}\r\n\r\n",
            self.0.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }

    fn end(self) -> Option<i32> {
        self.0.end()
    }
}

#[test]
fn each_token_is_its_principal_and_the_same_gates_judge() {
    let world = configured(&usual());
    let kernel = Kernel::listening(&world);
    let sql = json!({"sql": "SELECT email FROM customers WHERE id = 1"});
    let (status, answer) = kernel.post(TOKEN, "postgres__query", &sql);
    assert_eq!(status, 200, "{answer}");
    let email = answer["result"]["structuredContent"]["rows"][0]["email"].as_str();
    assert!(email.unwrap().starts_with("<EMAIL_ADDRESS:"), "{answer}");
    let drop = json!({"sql": "DROP TABLE orders"});
    let (_, answer) = kernel.post(TOKEN, "postgres__execute", &drop);
    let rule = |answer: &Value| answer["result"]["structuredContent"]["rule"].clone();
    assert_eq!(rule(&answer), "no-destructive-ops");
    // The other one has no grant: for it there is no such tool.
    let (_, answer) = kernel.post(OTHER, "postgres__query", &sql);
    assert_eq!(rule(&answer), "kernel.unknown-tool");
    let (status, answer) = kernel.post("guess", "postgres__query", &sql);
    assert_eq!(status, 401);
    assert_eq!(answer["error"]["data"]["refusal"], "http.bad-token");
    assert_eq!(kernel.end(), Some(0));
    let log = fs::read_to_string(world.path(".aegis/audit/00000000000000000000.jsonl")).unwrap();
    let records: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |kind: &str| {
        records
            .iter()
            .filter(|record| record["kind"] == kind)
            .collect::<Vec<_>>()
    };
    assert!(
        of("refused")
            .iter()
            .any(|record| record["cause"] == "http.bad-token")
    );
    assert_eq!(of("intent")[0]["who"]["principal"], "analyst-agent");
    assert_eq!(of("intent")[0]["who"]["proof"], "bearer");
    assert!(!log.contains(TOKEN) && !log.contains(OTHER));
    let (code, report) = world.verify();
    assert_eq!(code, 0, "{report}");
}

#[test]
fn what_would_be_open_to_others_does_not_start() {
    let refused = |north: &str, token: Option<&str>, arguments: &[&str]| {
        let world = configured(north);
        if let Some(token) = token {
            write_token(&world, token);
        }
        let run = Listening::command(&world.config())
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(2), "{north}");
        String::from_utf8(run.stderr).unwrap()
    };
    let usual = usual();
    let said = refused("", None, &[]);
    assert!(said.contains("needs `[north.http]`"), "{said}");
    let said = refused(&usual, Some("short"), &[]);
    assert!(
        said.contains("is shorter than") || said.contains("openssl rand"),
        "{said}"
    );
    let said = refused(&usual, Some("0123456789 0123456789 0123456789 0123"), &[]);
    assert!(said.contains("openssl rand"), "{said}");
    let said = refused(&usual, Some(OTHER), &[]);
    assert!(said.contains("have the same token"), "{said}");
    assert!(!said.contains(OTHER), "{said}");
    let listen = usual.replace("listen = \"127.0.0.1:0\"", "");
    let world = configured(&listen);
    let run = Command::new(aegis_tests::aegis())
        .args(["serve", "--http", "0.0.0.0:0", "--config"])
        .arg(world.config())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(
        String::from_utf8(run.stderr)
            .unwrap()
            .contains("exposed = true")
    );
    let world = configured(&usual);
    let token = world.path("agent.token");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).unwrap();
    let run = Listening::command(&world.config()).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(
        String::from_utf8(run.stderr)
            .unwrap()
            .contains("chmod it to 600")
    );
}
