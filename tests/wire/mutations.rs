//! A call with a few bytes changed is that call, another whole call, or none; the connection lives on.
//! Knows nothing of which faults there are.

use aegis_core::json::Json;
use proptest::prelude::*;
use serde_json::Value;

use crate::agent::{Agent, call};

/// One change: at a place, by a byte, as a replacement, an insertion or a deletion.
type Change = (prop::sample::Index, u8, u8);

fn changed(line: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = line.as_bytes().to_vec();
    for (place, byte, kind) in changes {
        let at = place.index(bytes.len());
        match (kind % 3, *byte) {
            (_, b'\n') => {}
            (0, byte) => bytes[at] = byte,
            (1, byte) => bytes.insert(at, byte),
            _ => drop(bytes.remove(at)),
        }
    }
    bytes
}

/// What a reader that is not ours takes the line for.
fn as_call(line: &[u8]) -> Option<(String, Value)> {
    let line: Value = serde_json::from_slice(line).ok()?;
    let id = &line["id"];
    let whole = line["jsonrpc"] == "2.0"
        && line["method"] == "tools/call"
        && (id.is_i64() || id.is_string());
    let tool = line["params"]["name"].as_str()?.to_owned();
    let arguments = line["params"].get("arguments").cloned();
    whole.then(|| (tool, arguments.unwrap_or_else(|| serde_json::json!({}))))
}

async fn check(line: Vec<u8>) -> Result<(), TestCaseError> {
    let mut agent = Agent::open().await;
    agent.say_bytes(&line).await;
    agent.say_bytes(b"\n").await;
    agent
        .call("\"sentinel\"", "echo__say", r#"{"alive":1}"#)
        .await;
    let (stub, heard) = agent.hang_up().await;
    let sentinel = |line: &&Json| line.get("id").and_then(Json::as_str) == Some("sentinel");
    prop_assert_eq!(heard.iter().filter(sentinel).count(), 1);
    prop_assert!(heard.len() <= 2, "{:?}", heard);
    let calls = stub.calls();
    let others: Vec<_> = calls
        .iter()
        .filter(|call| *call != r#"echo__say {"alive":1}"#)
        .collect();
    prop_assert!(others.len() <= 1);
    for seen in others {
        let (tool, arguments) = as_call(&line).expect("what became a call is one to every reader");
        if let Some(read) = seen.strip_prefix(&format!("{tool} {{")) {
            let read: Value = serde_json::from_str(&format!("{{{read}")).unwrap();
            prop_assert_eq!(read, arguments);
        } else {
            prop_assert!(seen.starts_with(&format!("{tool} refused: ")), "{seen}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_changed_call_is_a_whole_call_or_none(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::sample::select(&b"\"\\{}[]:,u0129eE+-. \t\r\xC3\x00aNt"[..]), any::<u8>()),
            1..4,
        ),
    ) {
        let line = call("7", "echo__say", r#"{"sql":"SELECT 1","n":[1.5,null,{"A":true}]}"#);
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(check(changed(&line, &changes)))?;
    }
}
