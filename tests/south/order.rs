//! Calls that are written together go on in the order in which they were written, as long as nothing makes one wait.
//! Knows nothing of rules.

use aegis_tests::{Client, before_hostile};
use serde_json::{Value, json};

const MANIFEST: &str = r#"
server = "h"
[tool.echo]
description = "Says what it hears"
capabilities = ["h:say"]
[tool.echo.argument.at]
kind = "integer"
description = "which"
"#;

const CALLS: u64 = 40;

/// In which order a downstream heard calls of one write, where the configuration is changed so: the kernel's own ids count
/// upwards.
fn heard(change: impl FnOnce(&str) -> String) -> Vec<u64> {
    let folder = tempfile::tempdir().unwrap();
    before_hostile(folder.path(), MANIFEST, "all");
    let path = folder.path().join("aegis.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, change(&config)).unwrap();
    let mut agent = Client::start(&path);
    let call = |at| {
        let params = json!({"name": "h__echo", "arguments": {"at": at}});
        let call =
            json!({"jsonrpc": "2.0", "id": 1_000 + at, "method": "tools/call", "params": params});
        format!("{call}\n")
    };
    let calls: String = (0..CALLS).map(call).collect();
    agent.send_bytes(calls.as_bytes());
    let mut heard = Vec::new();
    for _ in 0..CALLS {
        let answer = agent.receive().expect("an answer");
        let line = &answer["result"]["structuredContent"]["line"];
        let line: Value = serde_json::from_str(line.as_str().expect("a line")).unwrap();
        let own = line["id"].as_u64().unwrap();
        heard.push((own, line["params"]["arguments"]["at"].as_u64().unwrap()));
    }
    assert_eq!(agent.finish(), Some(0));
    heard.sort_unstable();
    heard.into_iter().map(|(_, at)| at).collect()
}

#[test]
fn calls_of_one_write_reach_their_downstream_in_its_order() {
    let wanted: Vec<u64> = (0..CALLS).collect();
    assert_eq!(heard(str::to_owned), wanted, "as it is");
    let unsynced = |config: &str| config.replace("[audit]\n", "[audit]\nsync = false\n");
    assert_eq!(heard(unsynced), wanted, "not synced");
    let single = |config: &str| format!("{config}in_flight = 1\n");
    assert_eq!(heard(single), wanted, "one at a time");
    let queue = "[south.h.queue]\ndelay_ms = 1\njitter_ms = 0\npending_max = 64\n";
    let queued = |config: &str| format!("{config}{queue}");
    assert_eq!(heard(queued), wanted, "in a queue");
}
