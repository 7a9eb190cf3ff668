//! Speaks HTTP to a served stub, byte by byte where a test wants it so.
//! Knows nothing of MCP.

use std::sync::Arc;

use aegis_core::json::Json;
use aegis_core::principal::{Principal, Proof};
use aegis_host::north::http::{Bearers, HttpOptions, HttpServer, Pace, Tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::stub::{Stub, read};

pub(crate) const ANN: &str = "ann-00000000000000000000000000000000";
pub(crate) const BOB: &str = "bob-00000000000000000000000000000000";

/// A stub behind HTTP, for two principals.
pub(crate) struct Served {
    pub(crate) stub: Arc<Stub>,
    pub(crate) port: u16,
    end: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Served {
    pub(crate) async fn begin() -> Self {
        Self::encrypted(None).await
    }

    pub(crate) async fn encrypted(tls: Option<Tls>) -> Self {
        Self::with(|options| options.tls = tls).await
    }

    /// The usual one, but for this.
    pub(crate) async fn with(otherwise: impl FnOnce(&mut HttpOptions)) -> Self {
        let stub = Stub::new();
        let mut bearers = Bearers::default();
        for (name, token) in [("ann", ANN), ("bob", BOB)] {
            let principal = Principal::assertion(name, Proof::Bearer);
            let digest = Bearers::digest(token.as_bytes());
            bearers.admit(principal, [digest]).unwrap();
        }
        let mut options = HttpOptions {
            listen: "127.0.0.1:0".parse().unwrap(),
            hosts: vec!["kernel.internal".into()],
            origins: vec!["https://app.internal".into()],
            tls: None,
            bearers,
            streams: true,
            pace: Pace::default(),
        };
        otherwise(&mut options);
        let server = HttpServer::bind(Arc::clone(&stub), options).await.unwrap();
        let url = server.url();
        let port = url.rsplit(':').next().unwrap().trim_end_matches("/mcp");
        let port = port.parse().unwrap();
        let (end, ended) = oneshot::channel();
        let serving = tokio::spawn(server.serve(async {
            let _ = ended.await;
        }));
        Self {
            stub,
            port,
            end,
            serving,
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// Sends bytes on a connection of their own and hears one answer, if there is one.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Option<Heard> {
        let mut stream = self.connect().await;
        // A server that has heard enough may have closed already.
        let _ = stream.write_all(bytes).await;
        // A stream that stays open is no answer.
        let hearing = tokio::time::timeout(std::time::Duration::from_secs(60), hear(&mut stream));
        hearing.await.expect("an answer that ends")
    }

    /// A POST in the usual form, with these headers beside.
    pub(crate) async fn post(&self, token: &str, headers: &str, body: &str) -> Heard {
        let request = self.request("POST", token, headers, body);
        self.raw(request.as_bytes()).await.expect("an answer")
    }

    pub(crate) fn request(&self, method: &str, token: &str, headers: &str, body: &str) -> String {
        format!(
            "{method} /mcp HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.port,
            body.len()
        )
    }

    /// Opens a session: its id.
    pub(crate) async fn open(&self, token: &str) -> String {
        let heard = self.post(token, "", crate::agent::INITIALIZE).await;
        assert_eq!(heard.status, 200, "{heard:?}");
        heard
            .header("mcp-session-id")
            .expect("a session")
            .to_owned()
    }

    /// Tells the server to end and waits until it has.
    pub(crate) async fn finish(self) -> Arc<Stub> {
        let _ = self.end.send(());
        self.serving.await.unwrap();
        self.stub
    }
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Json {
        read(&self.body)
    }

    /// The name of the refusal that it tells.
    pub(crate) fn refusal(&self) -> Option<String> {
        let json = (!self.body.is_empty()).then(|| self.json())?;
        let refusal = json.get("error")?.get("data")?.get("refusal")?;
        refusal.as_str().map(str::to_owned)
    }

    /// JSON-RPC's code.
    pub(crate) fn code(&self) -> Option<i64> {
        let json = (!self.body.is_empty()).then(|| self.json())?;
        json.get("error")?.get("code")?.as_number()?.as_i64()
    }
}

/// Hears one answer; `None` where the connection ends without one.
pub(crate) async fn hear(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<Heard> {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        if let Some(at) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let body = bytes.split_off(at + 4);
            break (String::from_utf8(bytes).unwrap(), body);
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut heard = Heard {
        status,
        head,
        body: String::new(),
    };
    let length = heard
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = body;
    if heard.header("transfer-encoding") == Some("chunked") {
        while !body.ends_with(b"0\r\n\r\n") {
            assert!(stream.read_buf(&mut body).await.unwrap() > 0, "half a body");
        }
        heard.body = last_event(&String::from_utf8(body).unwrap());
        return Some(heard);
    }
    while body.len() < length {
        if stream.read_buf(&mut body).await.unwrap() == 0 {
            panic!("half a body: {heard:?}");
        }
    }
    heard.body = String::from_utf8(body).unwrap();
    Some(heard)
}

/// What the last event says, as each event is one chunk.
fn last_event(chunks: &str) -> String {
    let events = chunks.split("event: message\ndata: ");
    let last = events.last().expect("an event");
    last.split("\n\n").next().unwrap_or_default().to_owned()
}
