//! Each hostile frame has its answer, becomes no call, and leaves the connection alive.
//! Knows nothing of frames: they are data, in `corpus/wire`.

use std::path::PathBuf;

use aegis_core::json::Json;
use aegis_tests::corpus;
use serde::Deserialize;

use crate::agent::{Agent, META, call};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    frame: Vec<Hostile>,
}

/// One frame. Its bytes are `send`, or `hex`, or `head` + `unit` × `times` + `tail`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hostile {
    pub(crate) name: String,
    send: Option<String>,
    hex: Option<String>,
    #[serde(default)]
    head: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    times: usize,
    #[serde(default)]
    tail: String,
    /// The error code; without it, silence.
    answer: Option<i64>,
    /// The id of the answer: `null` where absent.
    id: Option<toml::Value>,
    /// The code that is noted. None where the frame is to be ignored without a note.
    pub(crate) refusal: Option<String>,
    /// `legacy` (opened by handshake), `modern` (nothing said before) or `unopened`.
    #[serde(default = "legacy")]
    pub(crate) era: String,
    /// The calls that reach the kernel by it: none, as a rule.
    #[serde(default)]
    pub(crate) calls: Vec<String>,
    /// Where it is answered by a tool result: the rule that it names.
    rule: Option<String>,
    /// Whether it is harmless after all, and answered by a result.
    #[serde(default)]
    ok: bool,
    /// Whether it is about lines, so that it means nothing where a message is a body.
    #[serde(default)]
    pub(crate) of_lines: bool,
}

fn legacy() -> String {
    "legacy".into()
}

pub(crate) fn frames() -> Vec<(PathBuf, Hostile)> {
    let files = corpus::<Corpus>("wire").into_iter();
    files
        .flat_map(|(file, said)| {
            said.frame
                .into_iter()
                .map(move |frame| (file.clone(), frame))
        })
        .collect()
}

impl Hostile {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        if let Some(text) = &self.send {
            return text.replace("@META", META).into_bytes();
        }
        if let Some(hex) = &self.hex {
            let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
            return digits
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect();
        }
        format!("{}{}{}", self.head, self.unit.repeat(self.times), self.tail).into_bytes()
    }

    fn expected_id(&self) -> Json {
        match &self.id {
            None => Json::Null,
            Some(toml::Value::Integer(id)) => Json::from(*id),
            Some(toml::Value::String(id)) => Json::from(id.as_str()),
            Some(other) => panic!("{other} is no id"),
        }
    }

    fn sentinel(&self) -> String {
        if self.era == "modern" {
            return format!(
                r#"{{"jsonrpc":"2.0","id":"sentinel","method":"tools/call","params":{{"name":"echo__say","arguments":{{"alive":true}},{META}}}}}"#
            );
        }
        call("\"sentinel\"", "echo__say", r#"{"alive":true}"#)
    }

    async fn run(&self) -> Result<(), String> {
        let mut agent = match self.era.as_str() {
            "legacy" => Agent::open().await,
            "modern" | "unopened" => Agent::connect(),
            other => panic!("{other} is no era"),
        };
        agent.say_bytes(&self.bytes()).await;
        agent.say_bytes(b"\n").await;
        if self.era == "unopened" {
            agent.say(crate::agent::INITIALIZE).await;
        }
        agent.say(&self.sentinel()).await;
        if self.era != "modern" {
            agent
                .say(r#"{"jsonrpc":"2.0","id":"ping","method":"ping"}"#)
                .await;
        }
        let (stub, heard) = agent.hang_up().await;
        let own = |line: &&Json| {
            let id = line.get("id").and_then(Json::as_str);
            !matches!(id, Some("sentinel" | "ping" | "open"))
        };
        self.check_answers(&heard.iter().filter(own).collect::<Vec<_>>())?;
        self.check_alive(&heard)?;
        let mut calls = self.calls.clone();
        calls.push(r#"echo__say {"alive":true}"#.into());
        let mut seen = stub.calls();
        // Calls run in tasks of their own; the frame's came first or not at all.
        seen.sort_by_key(|call| call.starts_with("echo__say {\"alive\""));
        same("calls", &seen, &calls)?;
        let noted: Vec<_> = self.refusal.iter().map(String::as_str).collect();
        same("refused", &stub.refused(), &noted)
    }

    /// Whether nothing is answered on a pipe.
    pub(crate) fn is_silent(&self) -> bool {
        self.answer.is_none() && self.rule.is_none() && !self.ok
    }

    pub(crate) fn check_answers(&self, answers: &[&Json]) -> Result<(), String> {
        let shown = || answers.iter().map(ToString::to_string).collect::<Vec<_>>();
        let wanted = usize::from(!self.is_silent());
        let [answer] = answers else {
            return same("answers", &shown(), &Vec::<String>::new()).and(if wanted == 0 {
                Ok(())
            } else {
                Err("silence".into())
            });
        };
        if wanted == 0 {
            return Err(format!("answered: {}", answers[0]));
        }
        same("id", answer.get("id").unwrap(), &self.expected_id())?;
        if let Some(rule) = &self.rule {
            let named = answer
                .get("result")
                .and_then(|r| r.get("structuredContent"));
            let named = named.and_then(|s| s.get("rule")).and_then(Json::as_str);
            return same("rule", &named, &Some(rule.as_str()));
        }
        if self.ok {
            return same("result", &answer.get("result").is_some(), &true);
        }
        let error = answer.get("error").ok_or(format!("no error: {answer}"))?;
        let code = error.get("code").and_then(Json::as_number);
        same("code", &code.and_then(|n| n.as_i64()), &self.answer)?;
        let refusal = error.get("data").and_then(|d| d.get("refusal"));
        match (refusal.and_then(Json::as_str), &self.refusal) {
            (Some(told), Some(noted)) => same("told", &told, &noted.as_str()),
            _ => Ok(()),
        }
    }

    fn check_alive(&self, heard: &[Json]) -> Result<(), String> {
        let answered = |id: &str| {
            let mut of = heard
                .iter()
                .filter(|line| line.get("id").and_then(Json::as_str) == Some(id));
            of.next().is_some_and(|line| line.get("result").is_some()) && of.next().is_none()
        };
        same("sentinel answered once", &answered("sentinel"), &true)?;
        let ping = self.era == "modern" || answered("ping");
        same("ping answered once", &ping, &true)
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, is: &T, should: &T) -> Result<(), String> {
    if is == should {
        return Ok(());
    }
    Err(format!("{what}: {is:?}, not {should:?}"))
}

#[tokio::test]
async fn every_hostile_frame_has_its_answer() {
    let frames = frames();
    let mut faults = Vec::new();
    for (file, frame) in &frames {
        if let Err(fault) = frame.run().await {
            let file = file.file_name().unwrap().to_string_lossy();
            faults.push(format!("{file}: {}: {fault}", frame.name));
        }
    }
    assert!(frames.len() >= 80, "only {} frames", frames.len());
    let mut names: Vec<_> = frames.iter().map(|(_, frame)| &frame.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), frames.len(), "two frames have one name");
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
