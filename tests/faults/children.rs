//! Downstreams that are killed, and downstreams that outlive their kernel: they do not.
//! Knows nothing of MCP south of the kernel.

use std::process::{Command, Stdio};

use aegis_tests::{Client, TempWorld, aegis};
use serde_json::{Value, json};

use crate::kit::{children_of, gone, outcomes_of, records};

/// Slow enough that a kill meets it in any build, and bounded all the same.
const SLOW: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000000) SELECT count(*) AS n FROM c";

fn kill(pid: u32) {
    let ended = Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(ended.unwrap().success());
}

#[test]
fn a_downstream_killed_in_mid_call_is_an_honest_failure_and_comes_back() {
    let world = TempWorld::new();
    let mut kernel = Client::start(&world.config());
    let one = json!({ "sql": "SELECT 1 AS one" });
    kernel.done("postgres__query", &one);
    for round in 0..3 {
        let before = children_of(kernel.child.id());
        assert_eq!(before.len(), 2, "{before:?}");
        let slow = json!({ "name": "postgres__query", "arguments": { "sql": SLOW } });
        let id = kernel.post("tools/call", &slow);
        // Once a later call is answered, the slow one is with the downstream; the other system is unharmed.
        kernel.done("s3__list_objects", &json!({}));
        for (pid, _) in &before {
            let words = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
            if words.contains("postgres") {
                // The server itself, or its keeper: then its group goes with it.
                let server = children_of(*pid);
                assert_eq!(server.len(), 1, "{server:?}");
                kill(if round == 1 { *pid } else { server[0].0 });
            }
        }
        let answer = kernel.receive().unwrap();
        assert_eq!(answer["id"], json!(id));
        let said = &answer["result"]["structuredContent"];
        assert_eq!(answer["result"]["isError"], json!(true), "{answer}");
        assert_eq!(
            (&said["decision"], &said["sent"]),
            (&json!("fail"), &json!("maybe")),
            "{answer}"
        );
        assert_eq!(said["code"], json!("downstream-crashed"));
        let rows = kernel.done("postgres__query", &one);
        assert_eq!(rows["rows"], json!([{ "one": 1 }]));
    }
    assert_eq!(kernel.finish(), Some(0));
    let statuses: Vec<Value> = records(&world)
        .iter()
        .filter(|record| record["kind"] == "outcome" && record["sent"] == "maybe")
        .map(|record| record["status"].clone())
        .collect();
    assert_eq!(statuses, vec![json!("unknown"); 3]);
    assert_eq!(world.verify().0, 0);
}

#[test]
fn no_child_outlives_its_kernel() {
    let world = TempWorld::new();
    let mut kernel = Client::start(&world.config());
    kernel.done("postgres__query", &json!({ "sql": "SELECT 1 AS one" }));
    let children = children_of(kernel.child.id());
    assert_eq!(children.len(), 2);
    assert_eq!(kernel.finish(), Some(0));
    gone(&children);

    // Killed while a child is busy: the closed pipes are all that it hears.
    let mut kernel = Client::start(&world.config());
    let slow = json!({ "name": "postgres__query", "arguments": { "sql": SLOW } });
    kernel.post("tools/call", &slow);
    kernel.done("s3__list_objects", &json!({}));
    let children = children_of(kernel.child.id());
    assert_eq!(children.len(), 2);
    kernel.kill();
    gone(&children);
    let mut kernel = Client::start(&world.config());
    assert_eq!(kernel.finish(), Some(0));
    let ends: Vec<_> = outcomes_of("postgres__query", &records(&world))
        .into_values()
        .collect();
    assert_eq!(ends.iter().filter(|end| *end == "unknown").count(), 1);
}

#[test]
fn a_second_kernel_on_the_same_state_refuses_by_name() {
    let world = TempWorld::new();
    let mut first = Client::start(&world.config());
    let log = records(&world).len();
    let second = |config: &str| {
        let output = Command::new(aegis())
            .args(["serve", "--config"])
            .arg(world.path(config))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.stdout.is_empty());
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, said) = second("aegis.toml");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("another kernel"), "{said}");
    // The log apart and the state the same is refused, too.
    let text = std::fs::read_to_string(world.config()).unwrap();
    let apart = text.replace(".aegis/audit", ".aegis/audit-2");
    std::fs::write(world.path("second.toml"), apart).unwrap();
    let (code, said) = second("second.toml");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("another kernel"), "{said}");

    assert_eq!(records(&world).len(), log, "the second one wrote");
    first.done("postgres__query", &json!({ "sql": "SELECT 1 AS one" }));
    assert_eq!(first.finish(), Some(0));
    assert_eq!(world.verify().0, 0);
}
