//! Hostile frames straight into `aegis serve`: none has an effect, and after each the next call is answered.
//! Knows nothing of the wire's code: frames are data, in `corpus/frames` and `corpus/wire`.

use aegis_tests::{Client, TempWorld, corpus};
use serde::Deserialize;
use serde_json::{Value, json};

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}"#;
const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":"open","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;

#[derive(Deserialize)]
struct Corpus {
    frame: Vec<Frame>,
}

/// One frame. Its bytes are `send`, or `hex`, or `head` + `unit` × `times` + `tail`; `@CR` stands for a
/// carriage return and `@META` for what a request of 2026-07-28 says of itself.
#[derive(Deserialize)]
struct Frame {
    name: String,
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
    #[serde(default = "legacy")]
    era: String,
}

fn legacy() -> String {
    "legacy".into()
}

fn frames(folder: &str) -> Vec<Frame> {
    let files = corpus::<Corpus>(folder).into_iter();
    files.flat_map(|(_, file)| file.frame).collect()
}

impl Frame {
    fn bytes(&self) -> Vec<u8> {
        if let Some(text) = &self.send {
            let text = text.replace("@META", META).replace("@CR", "\r");
            return text.into_bytes();
        }
        if let Some(hex) = &self.hex {
            let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
            let byte =
                |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
            return digits.chunks(2).map(byte).collect();
        }
        format!("{}{}{}", self.head, self.unit.repeat(self.times), self.tail).into_bytes()
    }
}

/// Sends a frame and then a call; everything that was answered up to that call's answer.
fn play(kernel: &mut Client, frame: &Frame, sentinel: &str) -> Vec<Value> {
    let mut bytes = frame.bytes();
    bytes.push(b'\n');
    kernel.send_bytes(&bytes);
    if frame.era == "unopened" {
        kernel.send(INITIALIZE);
    }
    let meta = if frame.era == "modern" {
        format!(",{META}")
    } else {
        String::new()
    };
    kernel.send(&format!(
        r#"{{"jsonrpc":"2.0","id":"{sentinel}","method":"tools/call","params":{{"name":"postgres__list_tables","arguments":{{}}{meta}}}}}"#
    ));
    let mut heard = Vec::new();
    loop {
        let name = &frame.name;
        let line = kernel.receive().unwrap_or_else(|| panic!("{name}: gone"));
        assert_eq!(line["jsonrpc"], json!("2.0"), "{name}: {line}");
        assert!(line.get("method").is_none(), "{name}: {line}");
        assert_ne!(
            line.get("result").is_some(),
            line.get("error").is_some(),
            "{name}: {line}"
        );
        if line["id"] == json!(sentinel) {
            assert_eq!(line["result"]["isError"], json!(false), "{name}: {line}");
            return heard;
        }
        heard.push(line);
    }
}

fn objects(world: &TempWorld) -> usize {
    let folder = world.path("world/bucket");
    let mut found = 0;
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found += 1;
            }
        }
    }
    found
}

#[test]
fn no_hostile_frame_has_an_effect() {
    let world = TempWorld::new();
    let before = objects(&world);
    let frames = frames("frames");
    assert!(frames.len() >= 60, "only {} frames", frames.len());
    let mut kernel = Client::start(&world.config());
    // The honest form of them all does write: else the rest would prove nothing.
    let honest = json!({ "key": "honest/x", "body": "x" });
    kernel.done("s3__put_object", &honest);
    assert_eq!(objects(&world), before + 1);
    for (at, frame) in frames.iter().enumerate() {
        let heard = play(&mut kernel, frame, &format!("after-{at}"));
        for line in &heard {
            let refused = line.get("error").is_some() || line["result"]["isError"] == json!(true);
            let ping = line["result"] == json!({});
            assert!(refused || ping, "{}: {line}", frame.name);
        }
        assert!(heard.len() <= 2, "{}: {heard:?}", frame.name);
        assert_eq!(objects(&world), before + 1, "{}", frame.name);
    }
    assert_eq!(kernel.finish(), Some(0));
    assert_eq!(objects(&world), before + 1, "one came late");
    let (code, report) = world.verify();
    assert_eq!(code, 0, "{report}");
    // No frame came even near: the log knows one intent to write.
    let log = world.path(".aegis/audit/00000000000000000000.jsonl");
    let log = std::fs::read_to_string(log).unwrap();
    let writes = |line: &&str| {
        let record: Value = serde_json::from_str(line).unwrap();
        record["kind"] == json!("intent") && record["tool"] == json!("s3__put_object")
    };
    assert_eq!(log.lines().filter(writes).count(), 1);
}

#[test]
fn the_corpus_of_the_wire_holds_end_to_end() {
    let world = TempWorld::new();
    let (legacy, fresh): (Vec<_>, Vec<_>) = frames("wire")
        .into_iter()
        .partition(|frame| frame.era == "legacy");
    let mut kernel = Client::start(&world.config());
    for (at, frame) in legacy.iter().enumerate() {
        play(&mut kernel, frame, &format!("after-{at}"));
    }
    assert_eq!(kernel.finish(), Some(0));
    for frame in &fresh {
        let mut kernel = Client::start_silent(&world.config());
        play(&mut kernel, frame, "after");
        assert_eq!(kernel.finish(), Some(0), "{}", frame.name);
    }
    let (code, report) = world.verify();
    assert_eq!(code, 0, "{report}");
}
