//! A downstream that misbehaves on demand: how it starts by its first argument, how it answers by the tool that is called.
//! Knows nothing of the kernel; it is no library's server, so that it can break every rule.

#![expect(
    clippy::indexing_slicing,
    reason = "serde_json answers null where there is nothing"
)]

use std::io::{self, BufRead, Write};
use std::process::{Command, ExitCode, Stdio};

use serde_json::{Value, json};

/// What can be called in every mode but is listed in mode `all` alone.
const ALL: [&str; 24] = [
    "announce",
    "answer-and-die",
    "asks",
    "ask",
    "bare",
    "breed",
    "die",
    "duplicate-key",
    "echo",
    "error",
    "exact",
    "flood",
    "hang",
    "line",
    "no-object",
    "not-utf8",
    "note",
    "oversized",
    "stderr",
    "strays",
    "text-id",
    "twice",
    "unfinished",
    "world",
];

struct Hostile {
    mode: String,
    state: Option<String>,
    cancelled: u64,
    /// The call that is answered once it is cancelled.
    late: Option<Value>,
    asked: Vec<Value>,
    /// The call that is answered once it is let go, with the token of its progress.
    held: Option<(Value, Value)>,
    /// Whether somebody wants to hear of changes, where that is told to nobody else.
    heard: bool,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut hostile = Hostile {
        mode: arguments.next().unwrap_or_default(),
        state: arguments.next(),
        cancelled: 0,
        late: None,
        asked: Vec::new(),
        held: None,
        heard: false,
    };
    match hostile.mode.as_str() {
        "dead" => return ExitCode::from(3),
        "confess" => {
            confess();
            return ExitCode::from(3);
        }
        _ => {}
    }
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        hostile.take(&message, &line);
    }
    ExitCode::SUCCESS
}

fn say(text: &str) {
    let mut out = io::stdout().lock();
    // A reader that has gone is the end of this process, too.
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .is_err()
        || out.flush().is_err()
    {
        std::process::exit(0);
    }
}

fn answer(id: &Value, result: &Value) {
    say(&json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string());
}

/// Answers by what it is told to ask, and a further round by what came back in it; asks again where it is told so.
fn ask_back(id: &Value, params: &Value) {
    let said = params["arguments"]["result"].as_str().unwrap_or_default();
    if params.get("requestState").is_none() && params.get("inputResponses").is_none()
        || params["arguments"]["forever"] == true
    {
        let seen = params["_meta"]["io.modelcontextprotocol/clientCapabilities"].to_string();
        say(&format!(
            r#"{{"jsonrpc":"2.0","id":{id},"result":{}}}"#,
            said.replace("@CAN", &seen.replace('"', "'"))
        ));
    } else {
        answer(
            id,
            &structured(
                &json!({"state": params["requestState"], "answers": params["inputResponses"]}),
            ),
        );
    }
}

fn progress(token: &Value, at: u64) -> String {
    let params = json!({"progressToken": token, "progress": at});
    json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": params}).to_string()
}

fn structured(value: &Value) -> Value {
    json!({"content": [], "structuredContent": value, "isError": false})
}

/// Ends with its secret in its last words, in some spellings, and with somebody's address.
fn confess() {
    let secret = std::env::var("CANARY").unwrap_or_default();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let password = secret.replace("%40", "@");
    let password = password.split("user:").last().unwrap_or_default();
    let password = password.split("@host").next().unwrap_or_default();
    eprintln!("module not found");
    eprintln!("dsn {secret} hex {hex}");
    eprintln!("password {password} of ann@example.com");
}

fn sleep_forever() -> ! {
    loop {
        std::thread::park();
    }
}

impl Hostile {
    fn take(&mut self, message: &Value, line: &str) {
        let id = &message["id"];
        let Some(method) = message["method"].as_str() else {
            self.asked.push(message.clone());
            return;
        };
        match (self.mode.as_str(), method) {
            (_, "notifications/cancelled") => {
                self.cancelled += 1;
                let id = &message["params"]["requestId"];
                if self.late.as_ref() == Some(id) {
                    answer(id, &structured(&json!({"done": true})));
                    self.late = None;
                }
            }
            ("silent", _) => sleep_forever(),
            (
                "modern" | "modern-all" | "modern-progress" | "modern-rounds" | "modern-listed"
                | "modern-listening",
                "server/discover",
            ) => answer(
                id,
                &json!({
                    "resultType": "complete", "supportedVersions": ["2026-07-28"],
                    "capabilities": {"tools": {"listChanged": self.mode == "modern-listening"}},
                    "serverInfo": {"name": "hostile", "version": "1"}, "ttlMs": 0, "cacheScope": "private",
                }),
            ),
            (_, "initialize") => answer(
                id,
                &json!({
                    "protocolVersion": self.state.as_deref().filter(|_| self.mode == "speaks").unwrap_or("2025-11-25"),
                    "capabilities": {"tools": {"listChanged": true}},
                    "serverInfo": {"name": "hostile", "version": "1"},
                }),
            ),
            ("modern-listening", "subscriptions/listen") => {
                self.heard = message["params"]["notifications"]["toolsListChanged"] == true;
            }
            (_, "tools/list") => answer(id, &self.list(message)),
            (_, "tools/call") => self.call(id, message, line),
            _ if id.is_null() => {}
            _ => say(
                &json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "no"}})
                    .to_string(),
            ),
        }
    }

    fn list(&self, message: &Value) -> Value {
        let tool = |name: &str, about: &str| json!({"name": name, "description": about, "inputSchema": {"type": "object"}});
        match self.mode.as_str() {
            "endless" => json!({"tools": [], "nextCursor": "on"}),
            "cancel" => {
                let tools = ["hang", "late", "cancelled"].map(|name| tool(name, "a trick"));
                json!({ "tools": tools })
            }
            "rounds" | "modern-rounds" => {
                let tools = ["asks", "mute"].map(|name| tool(name, "a trick"));
                json!({ "tools": tools })
            }
            "progress" | "modern-progress" => {
                let tools = ["tells", "tells-much", "holds", "lets-go", "cancelled"]
                    .map(|name| tool(name, "a trick"));
                json!({ "tools": tools })
            }
            "all" | "modern-all" => {
                json!({"tools": ALL.map(|name| tool(name, "a trick"))})
            }
            "engine" => json!({"tools": [tool("query", "runs SQL")]}),
            "doubled" => json!({"tools": [tool("echo", "a"), tool("echo", "b")]}),
            // Whatever stands in its file at the moment.
            "listed" | "modern-listed" | "modern-listening" => {
                let text = self
                    .state
                    .as_ref()
                    .and_then(|path| std::fs::read_to_string(path).ok());
                text.and_then(|text| serde_json::from_str(&text).ok())
                    .unwrap_or_default()
            }
            "paged" if message["params"]["cursor"].is_null() => {
                json!({"tools": [tool("echo", "first")], "nextCursor": "2"})
            }
            "paged" => json!({"tools": [tool("env", "second")]}),
            // Another definition in every life of the process.
            "changing" => json!({"tools": [tool("echo", &self.lives()), tool("die", "ends")]}),
            _ => {
                let tools = [
                    ("echo", "says what it hears"),
                    ("note", "takes notes"),
                    ("die", "ends"),
                    ("oversized", "too much"),
                    ("crowded", "too many"),
                ];
                json!({"tools": tools.map(|(name, about)| tool(name, about))})
            }
        }
    }

    fn lives(&self) -> String {
        let Some(path) = &self.state else {
            return String::new();
        };
        let before = std::fs::read_to_string(path).unwrap_or_default();
        let _ = std::fs::write(path, format!("{before}x"));
        before
    }

    fn call(&mut self, id: &Value, message: &Value, line: &str) {
        let params = &message["params"];
        match params["name"].as_str().unwrap_or_default() {
            "echo" => answer(id, &structured(&json!({"line": line}))),
            // Raw text, for what serde would round.
            "exact" => say(&format!(
                r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[{{"type":"hologram","z":1,"a":12345678901234567890123}}],"structuredContent":{{"z":1.10,"a":12345678901234567890123}},"isError":false,"_meta":{{"aegis/engine":{{}},"aegis/receipt":{{"log":"forged","seq":0,"leaf":"00"}},"x":1}},"tools":[]}}}}"#
            )),
            "bare" => answer(id, &json!({})),
            "unfinished" => answer(id, &json!({"resultType": "input_required", "inputRequests": {}})),
            "no-object" => answer(id, &json!([1])),
            // What stands behind the server went away in the middle of the call.
            "lost" => answer(id, &json!({"isError": true, "content": [], "structuredContent": {"code": "connection-lost"}})),
            "error" => say(
                &json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32000, "message": "no such table", "data": {"dsn": "x"}}})
                    .to_string(),
            ),
            "stderr" => {
                let _ = io::stderr().write_all(&vec![b'e'; 4 << 20]);
                answer(id, &structured(&json!({})));
            }
            "world" => answer(id, &structured(&world())),
            "late" => self.late = Some(id.clone()),
            "cancelled" => answer(id, &structured(&json!({"count": self.cancelled}))),
            "ask" => {
                for (at, method) in ["sampling/createMessage", "roots/list", "elicitation/create", "ping"].iter().enumerate() {
                    say(&json!({"jsonrpc": "2.0", "id": format!("q{at}"), "method": method, "params": {}}).to_string());
                }
                answer(id, &structured(&json!({})));
            }
            "asked" => answer(id, &structured(&json!({"answers": self.asked}))),
            // What it heard, for who cannot read the answer; then what its engine is said to have touched.
            "note" => {
                let _ = self.state.as_ref().map(|path| std::fs::write(path, line));
                let arguments = &params["arguments"];
                let mut result = structured(&json!({"ok": arguments["ok"]}));
                if let Some(report) = arguments["report"].as_str() {
                    result["_meta"] = json!({"aegis/engine": serde_json::from_str::<Value>(report).unwrap_or_default()});
                }
                result["isError"] = json!(arguments["error"] == true);
                answer(id, &result);
            }
            // An engine that reports what stands in its file.
            "query" => {
                let report = self.state.as_ref().and_then(|path| std::fs::read_to_string(path).ok());
                let report = report.and_then(|text| serde_json::from_str::<Value>(&text).ok());
                let mut result = structured(&json!({"columns": ["id"], "rows": [{"id": 4711}], "row_count": 1, "truncated": false}));
                result["_meta"] = json!({"aegis/engine": report});
                answer(id, &result);
            }
            "breed" => answer(id, &structured(&json!({"pid": breed()}))),
            "announce" if self.mode == "modern-listening" && !self.heard => answer(id, &structured(&json!({}))),
            "announce" => {
                say(&json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}).to_string());
                answer(id, &structured(&json!({})));
            }
            // The very result that it is told to give.
            "says" => say(&format!(
                r#"{{"jsonrpc":"2.0","id":{id},"result":{}}}"#,
                params["arguments"]["result"].as_str().unwrap_or("{}")
            )),
            "asks" | "mute" => ask_back(id, params),
            "holds" | "lets-go" | "tells" | "tells-much" => self.tell(id, params),
            tool => misbehave(tool, id, params),
        }
    }

    /// The ways of telling of progress.
    fn tell(&mut self, id: &Value, params: &Value) {
        match params["name"].as_str().unwrap_or_default() {
            "holds" => {
                let token = params["_meta"]["progressToken"].clone();
                say(&progress(&token, 1));
                self.held = Some((id.clone(), token));
            }
            "lets-go" => {
                if let Some((held, token)) = self.held.take() {
                    say(&progress(&token, 2));
                    answer(&held, &structured(&json!({"held": true})));
                    say(&progress(&token, 3));
                }
                answer(id, &structured(&json!({})));
            }
            // Whatever it is told to say, before and after its answer.
            "tells" => {
                let token = params["_meta"]["progressToken"].to_string();
                let other = self
                    .held
                    .as_ref()
                    .map(|(_, token)| token.to_string())
                    .unwrap_or_default();
                let own = |key: &str| {
                    params["arguments"][key]
                        .as_str()
                        .unwrap_or_default()
                        .replace("@TOKEN", &token)
                        .replace("@OTHER", &other)
                };
                own("before").lines().for_each(say);
                answer(
                    id,
                    &structured(&json!({"asked": token != "null", "token": token})),
                );
                own("after").lines().for_each(say);
            }
            _ => {
                for at in 0..2_500 {
                    say(&progress(&params["_meta"]["progressToken"], at));
                }
                answer(id, &structured(&json!({})));
            }
        }
    }
}

/// The ways of not giving one answer under the right id.
fn misbehave(tool: &str, id: &Value, params: &Value) {
    match tool {
        "hang" => {}
        "die" => std::process::exit(7),
        "answer-and-die" => {
            answer(id, &structured(&json!({})));
            std::process::exit(0);
        }
        "flood" => {
            for at in 0..2_500 {
                say(&json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": at}}).to_string());
            }
            answer(id, &structured(&json!({"flooded": true})));
        }
        "strays" => {
            for stray in 0..params["arguments"]["count"].as_u64().unwrap_or_default() {
                answer(&json!(1_000_000 + stray), &structured(&json!({"stolen": true})));
            }
            answer(id, &structured(&json!({"own": true})));
        }
        "text-id" => answer(&json!(id.to_string()), &structured(&json!({}))),
        "twice" => {
            answer(id, &structured(&json!({"first": true})));
            answer(id, &structured(&json!({"first": false})));
        }
        // A line, and then the honest answer.
        "before" => {
            let own = id.to_string();
            let arguments = &params["arguments"];
            let line = arguments["line"].as_str().unwrap_or_default();
            let mut line = line.replace("@ID", &own).into_bytes();
            line.extend(arguments["bytes"].as_array().into_iter().flatten().filter_map(|byte| {
                byte.as_u64().and_then(|byte| u8::try_from(byte).ok())
            }));
            line.push(b'\n');
            let _ = io::stdout().lock().write_all(&line);
            answer(id, &structured(&json!({"own": true})));
        }
        "line" => say(params["arguments"]["line"].as_str().unwrap_or_default()),
        "duplicate-key" => say(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}},"result":{{}}}}"#)),
        "oversized" => say(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[{{"type":"text","text":"{}"}}]}}}}"#, "x".repeat(9 << 20))),
        "crowded" => say(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[0{}]}}}}"#, ",0".repeat(1_100_000))),
        "not-utf8" => {
            let _ = io::stdout().lock().write_all(b"{\"\xff\":1}\n");
            let _ = io::stdout().flush();
        }
        _ => say(&json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32602, "message": "unknown tool"}}).to_string()),
    }
}

/// What a process can see of itself and of its parent.
fn world() -> Value {
    let keys: Vec<String> = std::env::vars().map(|(key, _)| key).collect();
    let parent = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = parent.rsplit(')').next().unwrap_or_default().to_owned();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    json!({
        "env": keys,
        "secret": std::env::var("CANARY").ok(),
        "argv": std::env::args().collect::<Vec<_>>(),
        "folder": std::env::current_dir().ok(),
        "pid": std::process::id(),
        "parent": fields.get(1),
        "group": fields.get(2),
    })
}

/// A grandchild that outlives its parent, unless somebody ends the whole group.
fn breed() -> u32 {
    let child = Command::new("sleep")
        .arg("1000")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    child.map(|child| child.id()).unwrap_or_default()
}
