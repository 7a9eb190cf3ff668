//! A cancel reaches the downstream, or comes too late; either way the log says what is known, and nothing is cut in half.
//! Knows nothing of eras and frames.

use aegis_tests::{Client, before_hostile};
use serde_json::{Value, json};

const MANIFEST: &str = r#"
server = "h"
[tool.hang]
description = "Never answers"
capabilities = ["h:say"]
[tool.late]
description = "Answers once it is cancelled"
capabilities = ["h:say"]
[tool.cancelled]
description = "How often it was cancelled"
capabilities = ["h:say"]
"#;

struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        before_hostile(folder.path(), MANIFEST, "cancel");
        Self { folder }
    }

    fn agent(&self) -> Client {
        Client::start(&self.folder.path().join("aegis.toml"))
    }

    /// The outcome of each call of this tool, as the log has it.
    fn outcomes(&self, tool: &str) -> Vec<String> {
        let log = self
            .folder
            .path()
            .join(".aegis/audit/00000000000000000000.jsonl");
        let log = std::fs::read_to_string(log).unwrap();
        let records: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let calls = records
            .iter()
            .filter(|record| record["tool"] == tool && record["kind"] == "intent");
        calls
            .map(|intent| {
                let ended = |record: &&Value| {
                    record["kind"] == "outcome" && record["call"] == intent["call"]
                };
                let outcome = records.iter().find(ended).expect("an end");
                format!("{outcome}")
            })
            .collect()
    }
}

fn cancel(agent: &mut Client, id: u64) {
    agent.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}).to_string());
}

/// How often the downstream was told.
fn told(agent: &mut Client) -> Value {
    agent.done("h__cancelled", &json!({}))["count"].clone()
}

/// Waits until the id is free again: the call has ended.
fn ended(agent: &mut Client, id: u64) {
    loop {
        agent.send(&json!({"jsonrpc": "2.0", "id": id, "method": "ping"}).to_string());
        let answer = agent.receive().expect("an answer");
        if answer.get("result").is_some() {
            return;
        }
        assert_eq!(answer["error"]["data"]["refusal"], "wire.id-in-use");
    }
}

#[test]
fn a_cancel_reaches_the_downstream_and_the_log_says_so() {
    let world = World::new();
    let mut agent = world.agent();
    let params = json!({"name": "h__hang", "arguments": {}});
    let id = agent.post("tools/call", &params);
    // The downstream answers in turn: what came before this one has reached it.
    assert_eq!(told(&mut agent), json!(0));
    cancel(&mut agent, id);
    ended(&mut agent, id);
    assert_eq!(told(&mut agent), json!(1));
    // A cancel is no fault of the downstream: it is not given up for three of them.
    let ids = [0; 3].map(|_| agent.post("tools/call", &params));
    told(&mut agent);
    for id in ids {
        cancel(&mut agent, id);
    }
    for id in ids {
        ended(&mut agent, id);
    }
    assert_eq!(told(&mut agent), json!(4));
    assert_eq!(agent.finish(), Some(0));
    let outcomes = world.outcomes("h__hang");
    assert_eq!(outcomes.len(), 4);
    for outcome in outcomes {
        assert!(
            outcome.contains("\"cancelled\"") && outcome.contains("\"maybe\""),
            "{outcome}"
        );
    }
}

#[test]
fn an_answer_that_comes_in_spite_of_a_cancel_is_the_outcome() {
    let world = World::new();
    let mut agent = world.agent();
    let id = agent.post("tools/call", &json!({"name": "h__late", "arguments": {}}));
    assert_eq!(told(&mut agent), json!(0));
    cancel(&mut agent, id);
    ended(&mut agent, id);
    assert_eq!(agent.finish(), Some(0));
    let outcomes = world.outcomes("h__late");
    assert!(
        outcomes[0].contains("\"ok\"") && !outcomes[0].contains("cancelled"),
        "{outcomes:?}"
    );
    // The agent wanted no answer, and has none.
    assert!(!agent.heard.iter().any(|line| line.contains("\"done\"")));
}
