//! A server over HTTP that says whatever it is told to say: bytes, pauses and ends.
//! Knows nothing of the kernel.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use serde_json::{Value, json};

pub(crate) const SESSION: &str = "session-0f3c";
const NEW: &str = "2026-07-28";

/// What is said in place of the usual answer, once or each time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trick {
    /// To which method.
    pub(crate) at: String,
    /// What is sent; `@id` is the request's.
    pub(crate) says: Vec<u8>,
    /// What is sent over and over until nobody reads any more.
    pub(crate) floods: Vec<u8>,
    /// Whether the connection is left open.
    pub(crate) hangs: bool,
    pub(crate) always: bool,
    /// Whether the body comes in chunks of one byte.
    pub(crate) bytewise: bool,
}

#[derive(Default)]
struct Told {
    tricks: Vec<Trick>,
    heard: Vec<Heard>,
    /// How many were left that had been kept waiting.
    left: usize,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// The first line and the headers, in lower case but for values.
    pub(crate) head: Vec<String>,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.head.iter().filter_map(|line| line.split_once(": "));
        values.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    pub(crate) fn method(&self) -> &str {
        self.body["method"].as_str().unwrap_or_default()
    }
}

#[derive(Clone)]
pub(crate) struct Far {
    pub(crate) port: u16,
    old: bool,
    told: Arc<Mutex<Told>>,
}

impl Far {
    /// One of the older era, or of the newer.
    pub(crate) fn listening(old: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let far = Self {
            port: listener.local_addr().unwrap().port(),
            old,
            told: Arc::default(),
        };
        let all = far.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let far = all.clone();
                // Whoever goes away in the middle is nobody's fault.
                thread::spawn(move || far.serve(stream.unwrap()).unwrap_or_default());
            }
        });
        far
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/mcp", self.port)
    }

    pub(crate) fn play(&self, trick: Trick) {
        self.told().tricks.push(trick);
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.told().heard.clone()
    }

    pub(crate) fn left(&self) -> usize {
        self.told().left
    }

    /// Waits until something has happened.
    pub(crate) fn wait(&self, happened: impl Fn(&Self) -> bool) {
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while !happened(self) {
            assert!(std::time::Instant::now() < patience, "it did not happen");
            thread::yield_now();
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut hung = false;
        loop {
            let Some(heard) = hear(&mut reader)? else {
                self.told().left += usize::from(hung);
                return Ok(());
            };
            let method = heard.method().to_owned();
            let id = heard.body["id"].clone();
            let trick = {
                let mut told = self.told();
                told.heard.push(heard.clone());
                let at = told.tricks.iter().position(|trick| trick.at == method);
                at.map(|at| match told.tricks[at].always {
                    true => told.tricks[at].clone(),
                    false => told.tricks.remove(at),
                })
            };
            let Some(trick) = trick else {
                let usual = self.usual(&heard, &method, &id);
                if heard.header("connection") == Some("close") {
                    let text = String::from_utf8(usual).unwrap();
                    let text = text.replacen("\r\n", "\r\nconnection: close\r\n", 1);
                    return stream.write_all(text.as_bytes());
                }
                stream.write_all(&usual)?;
                continue;
            };
            let token = &heard.body["params"]["_meta"]["progressToken"];
            let mut says = trick.says;
            for (word, value) in [
                ("@id", id.to_string()),
                ("@token", token.as_str().unwrap_or_default().to_owned()),
            ] {
                let has = |bytes: &[u8]| bytes.windows(word.len()).any(|at| at == word.as_bytes());
                if has(&says) {
                    says = String::from_utf8(says)
                        .unwrap()
                        .replace(word, &value)
                        .into();
                }
            }
            if !trick.hangs {
                says = last(says);
            }
            if trick.bytewise {
                says = cut(&says);
            }
            stream.write_all(&says)?;
            while !trick.floods.is_empty() {
                stream.write_all(&trick.floods)?;
            }
            if !trick.hangs {
                return Ok(());
            }
            hung = true;
        }
    }

    fn usual(&self, heard: &Heard, method: &str, id: &Value) -> Vec<u8> {
        let answer = |result: Value| {
            let body = json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string();
            response("200 OK", "content-type: application/json", &body)
        };
        let tools = json!([{"name": "echo", "inputSchema": {"type": "object"}}]);
        match method {
            "server/discover" if self.old => {
                response("404 Not Found", "content-type: text/html", "<h1>no</h1>")
            }
            "server/discover" => answer(json!({
                "resultType": "complete", "supportedVersions": [NEW], "capabilities": {"tools": {}},
                "serverInfo": {"name": "far", "version": "1"}, "ttlMs": 0, "cacheScope": "private",
            })),
            "initialize" => {
                let result = json!({"protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                    "serverInfo": {"name": "far", "version": "1"}});
                let body = json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string();
                let head = format!("content-type: application/json\r\nmcp-session-id: {SESSION}");
                response("200 OK", &head, &body)
            }
            _ if self.old && heard.header("mcp-session-id") != Some(SESSION) => {
                response("400 Bad Request", "x: y", "")
            }
            "tools/list" => answer(json!({"resultType": "complete", "tools": tools})),
            "tools/call" => answer(json!({
                "resultType": "complete", "content": [], "structuredContent": {"own": heard.body["params"]["arguments"]},
            })),
            _ => response("202 Accepted", "x: y", ""),
        }
    }
}

pub(crate) fn response(status: &str, head: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The same response, with the word that the connection ends: one that ends without it may cross the next request,
/// whose fate is then unknown.
fn last(response: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(response) {
        Ok(text) if text.contains("\r\ncontent-length: ") => {
            let text = text.replacen("\r\n", "\r\nconnection: close\r\n", 1);
            text.into_bytes()
        }
        Ok(text) => text.into_bytes(),
        Err(bytes) => bytes.into_bytes(),
    }
}

/// The same response with a chunk for each byte of its body.
fn cut(response: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(response);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let head = head
        .split("\r\n")
        .filter(|line| !line.starts_with("content-length: "));
    let head = head.collect::<Vec<_>>().join("\r\n");
    let mut cut = format!("{head}\r\ntransfer-encoding: chunked\r\n\r\n").into_bytes();
    for byte in body.bytes() {
        cut.extend_from_slice(b"1\r\n");
        cut.push(byte);
        cut.extend_from_slice(b"\r\n");
    }
    cut.extend_from_slice(b"0\r\n\r\n");
    cut
}

fn hear(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Heard>> {
    let mut head = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let line = match line.split_once(": ") {
            Some((name, value)) => format!("{}: {value}", name.to_ascii_lowercase()),
            None => line.to_owned(),
        };
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        head.push(line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let text = String::from_utf8(body).unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Some(Heard { head, body, text }))
}
