//! The frames that are hostile on a pipe are hostile over HTTP: the same code, id and name, and no call.
//! Knows nothing of frames: they are data, in `corpus/wire`.

use aegis_core::json::Json;

use crate::hostile::{Hostile, frames};
use crate::http::{ANN, Heard, Served};

/// What HTTP itself answers before the body is received: there is no connection that a request could be the
/// first of, and a version must be said twice.
const OTHERWISE: [(&str, i64, &str); 2] = [
    ("modern call without meta", -32600, "http.session-required"),
    ("modern version as a number", -32020, "http.header-mismatch"),
];

/// What a client of the newer era would say of this body in its headers, as far as it can be read.
fn headers(frame: &Hostile, session: &str) -> String {
    if frame.era == "legacy" {
        return format!("Mcp-Session-Id: {session}\r\n");
    }
    let bytes = frame.bytes();
    let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let meta = &body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"];
    let said = [
        ("MCP-Protocol-Version", meta),
        ("Mcp-Method", &body["method"]),
        ("Mcp-Name", &body["params"]["name"]),
    ];
    let visible = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    said.iter()
        .filter_map(|(name, value)| Some((name, value.as_str().filter(|text| visible(text))?)))
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect()
}

fn check(frame: &Hostile, heard: &Heard) -> Result<(), String> {
    if frame.is_silent() {
        // HTTP answers every request: one that was ignored on a pipe is taken, one that was refused is told so.
        let wanted = (
            if frame.refusal.is_some() { 400 } else { 202 },
            frame.refusal.clone(),
        );
        let is = (heard.status, heard.refusal());
        return (is == wanted)
            .then_some(())
            .ok_or(format!("{is:?}, not {wanted:?}"));
    }
    let answer = heard.json();
    frame.check_answers(&[&answer])
}

async fn run(frame: &Hostile) -> Result<(), String> {
    let served = Served::begin().await;
    let session = served.open(ANN).await;
    let mut request = served
        .request("POST", ANN, &headers(frame, &session), "")
        .replace(
            "Content-Length: 0",
            &format!("Content-Length: {}", frame.bytes().len()),
        )
        .into_bytes();
    request.extend(frame.bytes());
    let heard = served.raw(&request).await.ok_or("silence")?;
    let told = heard.refusal();
    let otherwise = OTHERWISE.iter().find(|(name, ..)| *name == frame.name);
    if otherwise.is_none() {
        check(frame, &heard)?;
    }
    let stub = served.finish().await;
    if let Some((_, code, name)) = otherwise {
        let is = (heard.code(), told.as_deref(), stub.calls().len());
        let wanted = (Some(*code), Some(*name), 0);
        return (is == wanted)
            .then_some(())
            .ok_or(format!("{is:?}, not {wanted:?}"));
    }
    if stub.calls() != frame.calls {
        return Err(format!("calls {:?}", stub.calls()));
    }
    let noted = stub.refused();
    match (&frame.refusal, noted.as_slice()) {
        (None, []) => Ok(()),
        (Some(name), [one]) if name == one && told.is_none_or(|told| told == *name) => Ok(()),
        (name, noted) => Err(format!("noted {noted:?}, not {name:?}")),
    }
}

#[tokio::test]
async fn the_corpus_of_the_wire_holds_over_http() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for (_, frame) in frames() {
        // A connection that is not open yet, and what is wrong with a line as a line, are matters of pipes.
        if frame.era == "unopened" || frame.of_lines {
            continue;
        }
        seen += 1;
        if let Err(fault) = run(&frame).await {
            faults.push(format!("{}: {fault}", frame.name));
        }
    }
    assert!(seen >= 150, "only {seen} frames");
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// An id goes back as it came, whatever it is.
#[tokio::test]
async fn ids_are_kept() {
    let served = Served::begin().await;
    let session = format!("Mcp-Session-Id: {}\r\n", served.open(ANN).await);
    for id in [
        "0",
        "-9223372036854775808",
        "\"\"",
        "\"7\"",
        "\"é\u{2028}\"",
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
        let heard = served.post(ANN, &session, &body).await;
        assert_eq!(
            heard.json().get("id"),
            Some(&crate::stub::read(id)),
            "{heard:?}"
        );
        assert_eq!(
            heard.json().get("result").map(Json::to_string).as_deref(),
            Some("{}")
        );
    }
}
