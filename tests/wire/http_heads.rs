//! What is wrong with a request before it is a message: refused by status and name, and no call.
//! Knows nothing of requests: they are data, in `corpus/http`.

use std::collections::BTreeMap;

use aegis_tests::corpus;
use serde::Deserialize;

use crate::agent::{META, call};
use crate::http::{ANN, BOB, Served};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    request: Vec<Hostile>,
}

/// One request: the usual one for `echo__say` in a session of ann's, with what `set`, `drop` and `add` change
/// in its headers; or `raw` bytes. `@PORT`, `@ANN`, `@BOB`, `@SESSION`, `@META` and `@CR` stand for themselves.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hostile {
    name: String,
    #[serde(default = "post")]
    method: String,
    #[serde(default = "path")]
    target: String,
    #[serde(default)]
    set: BTreeMap<String, String>,
    #[serde(default)]
    drop: Vec<String>,
    #[serde(default)]
    add: Vec<String>,
    body: Option<String>,
    /// How often the body is repeated.
    #[serde(default = "once")]
    times: usize,
    raw: Option<String>,
    status: u16,
    refusal: Option<String>,
    code: Option<i64>,
    /// What is noted where the answer does not tell it.
    noted: Option<String>,
    /// A header of the answer, as `name: value`.
    header: Option<String>,
    /// The calls that reach the kernel: none, as a rule.
    #[serde(default)]
    calls: usize,
    /// Whether the server may close without a word, as hyper does for some of what is no HTTP.
    #[serde(default)]
    silent: bool,
}

fn post() -> String {
    "POST".into()
}

fn path() -> String {
    "/mcp".into()
}

fn once() -> usize {
    1
}

fn requests() -> Vec<Hostile> {
    let files = corpus::<Corpus>("http").into_iter();
    files.flat_map(|(_, file)| file.request).collect()
}

impl Hostile {
    fn bytes(&self, port: u16, session: &str) -> String {
        let text = match &self.raw {
            Some(raw) => raw.replace('\n', "\r\n"),
            None => self.usual(),
        };
        text.replace("@PORT", &port.to_string())
            .replace("@ANN", ANN)
            .replace("@BOB", BOB)
            .replace("@SESSION", session)
            .replace("@CR", "\r")
    }

    fn usual(&self) -> String {
        let body = self
            .body
            .clone()
            .unwrap_or_else(|| call("7", "echo__say", "{}"));
        let body = body.replace("@META", META).repeat(self.times);
        let length = body.len().to_string();
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        let usual = [
            ("Host", "localhost:@PORT"),
            ("Authorization", "Bearer @ANN"),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("Mcp-Session-Id", "@SESSION"),
            ("Content-Length", length.as_str()),
        ];
        for (name, value) in usual {
            let value = self.set.get(name).map_or(value, String::as_str);
            if !self.drop.iter().any(|dropped| dropped == name) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        for line in &self.add {
            head.push_str(&format!("{line}\r\n"));
        }
        format!("{head}\r\n{body}")
    }

    async fn run(&self) -> Result<(), String> {
        let served = Served::begin().await;
        let session = served.open(ANN).await;
        let bytes = self.bytes(served.port, &session);
        let heard = served.raw(bytes.as_bytes()).await;
        // Whatever it was, the next one is served.
        let headers = format!("Mcp-Session-Id: {session}\r\n");
        let alive = served
            .post(ANN, &headers, &call("\"alive\"", "echo__say", "{}"))
            .await;
        let gone = self.method == "DELETE" && self.status == 204;
        if (alive.status == 200) == gone {
            return Err(format!("alive: {alive:?}"));
        }
        let stub = served.finish().await;
        let calls = stub.calls().len() - usize::from(!gone);
        let Some(heard) = heard else {
            return if self.silent && calls == 0 {
                Ok(())
            } else {
                Err(format!("silence, {calls} calls"))
            };
        };
        let header = self
            .header
            .as_ref()
            .map(|line| line.split_once(": ").unwrap());
        let told = header.and_then(|(name, _)| heard.header(name));
        let is = (heard.status, heard.refusal(), calls, told);
        let noted = self.refusal.clone();
        let should = (
            self.status,
            noted.clone(),
            self.calls,
            header.map(|(_, value)| value),
        );
        if is != should {
            return Err(format!("{is:?}, not {should:?}: {}", heard.body));
        }
        if self.code.is_some() && heard.code() != self.code {
            return Err(heard.body.clone());
        }
        let mut refused = stub.refused();
        if gone {
            refused.pop();
        }
        let noted: Vec<&str> = self
            .refusal
            .iter()
            .chain(&self.noted)
            .map(String::as_str)
            .collect();
        if refused != noted {
            return Err(format!("noted {refused:?}"));
        }
        Ok(())
    }
}

#[tokio::test]
async fn every_hostile_request_has_its_answer() {
    let requests = requests();
    let mut faults = Vec::new();
    for request in &requests {
        if let Err(fault) = request.run().await {
            faults.push(format!("{}: {fault}", request.name));
        }
    }
    assert!(requests.len() >= 60, "only {}", requests.len());
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
