//! A hostile downstream behind a whole kernel: each of its tricks ends in a named outcome, and the agent's next call is answered.
//! Knows nothing of the tricks but their names; they are played by `aegis-hostile`.

use std::fmt::Write as _;

use aegis_tests::{Client, TempWorld};
use serde_json::{Value, json};

use crate::kit::{children_of, gone, records};

/// Tool, arguments, and what the agent is told: `ok`, a failure's code, or the rule that withholds the answer.
const TRICKS: &[(&str, &str, &str)] = &[
    ("echo", "{}", "ok"),
    ("hang", "{}", "downstream-timeout"),
    ("die", "{}", "downstream-crashed"),
    ("flood", "{}", "downstream-timeout"),
    ("twice", "{}", "ok"),
    ("error", "{}", "error"),
    ("stderr", "{}", "ok"),
    ("ask", "{}", "ok"),
    ("announce", "{}", "ok"),
    ("text-id", "{}", "downstream-"),
    ("unfinished", "{}", "kernel.input-refused"),
    ("no-object", "{}", "downstream-"),
    ("duplicate-key", "{}", "downstream-"),
    ("not-utf8", "{}", "downstream-"),
    ("oversized", "{}", "downstream-"),
    ("strays", r#"{"count":10}"#, "downstream-"),
    ("line", r#"{"line":"no json"}"#, "downstream-"),
    ("line", r#"{"line":"[]"}"#, "downstream-"),
    (
        "line",
        r#"{"line":"{\"jsonrpc\":\"2.0\",\"id\":1}"}"#,
        "downstream-",
    ),
    ("exact", "{}", "ok"),
    ("bare", "{}", "downstream-"),
    ("answer-and-die", "{}", "ok"),
    ("breed", "{}", "ok"),
    ("world", "{}", "ok"),
];

const CANARY: &str = "canary-7f3a91-not-for-agents";

/// Adds the hostile system `h` to the demo's world.
fn hostile(world: &TempWorld) {
    let mut manifest = String::from("server = \"h\"\n");
    let mut tools: Vec<_> = TRICKS.iter().map(|(tool, ..)| *tool).collect();
    tools.dedup();
    for tool in tools {
        write!(
            manifest,
            "[tool.{tool}]\ndescription = \"t\"\ncapabilities = [\"db:read\"]\n"
        )
        .unwrap();
        for argument in ["count", "line"] {
            let kind = if argument == "count" {
                "integer\"\nmin = 0\nmax = 99"
            } else {
                "string\""
            };
            write!(
                manifest,
                "[tool.{tool}.argument.{argument}]\nkind = \"{kind}\nrequired = false\ndescription = \"t\"\n"
            )
            .unwrap();
        }
    }
    std::fs::write(world.path("manifests/h.toml"), manifest).unwrap();
    std::fs::write(
        world.path("policies/h.toml"),
        "[[grant]]\nid = \"h\"\nprincipal = \"analyst-agent\"\ncapabilities = [\"db:read\"]\ntools = [\"h__*\"]\n",
    )
    .unwrap();
    std::fs::write(world.path("secrets/canary"), CANARY).unwrap();
    let config = std::fs::read_to_string(world.config()).unwrap();
    let program = env!("CARGO_BIN_EXE_aegis-hostile");
    let south = format!(
        "\n[south.h]\nmanifest = \"manifests/h.toml\"\ncommand = [\"{program}\", \"all\"]\ntimeout_ms = 400\nsecrets = {{ CANARY = \"file:secrets/canary\" }}\n"
    );
    std::fs::write(world.config(), config + &south).unwrap();
}

#[test]
fn each_trick_has_a_name_and_the_next_call_is_answered() {
    let world = TempWorld::new();
    hostile(&world);
    restrict(&world);
    let mut heard = String::new();
    let mut receipts = Vec::new();
    for (tool, arguments, expected) in TRICKS {
        // A kernel for each: a downstream that crashes often is given ever longer pauses.
        let mut kernel = Client::start(&world.config());
        let arguments: Value = serde_json::from_str(arguments).unwrap();
        let result = kernel.call(&format!("h__{tool}"), &arguments);
        // One of the tricks comes with a receipt of its own.
        receipts.push(receipt_of(&result));
        let said = &result["structuredContent"];
        let code = said["code"].as_str().unwrap_or_default();
        match *expected {
            "ok" => assert_ne!(said["decision"], json!("fail"), "{tool}: {result}"),
            "error" => assert_eq!(result["isError"], json!(true), "{tool}: {result}"),
            rule if rule.starts_with("kernel.") => {
                assert_eq!(said["rule"], json!(rule), "{tool}: {result}");
            }
            failure => {
                assert!(code.starts_with(failure), "{tool}: {result}");
                assert_eq!(said["sent"], json!("maybe"), "{tool}: {result}");
                assert!(said["fix"].is_string(), "{tool}: {result}");
            }
        }
        let rows = kernel.done("postgres__query", &json!({ "sql": "SELECT 1 AS one" }));
        assert_eq!(rows["rows"], json!([{ "one": 1 }]), "after {tool}");
        receipts.push(receipt_of(&kernel.call("h__no-such-tool", &json!({}))));
        let children = children_of(kernel.child.id());
        assert_eq!(kernel.finish(), Some(0), "after {tool}");
        gone(&children);
        heard += &kernel.heard.concat();
    }
    assert!(!heard.contains(CANARY), "a secret left");
    assert!(
        !heard.contains("no such table"),
        "a downstream's own words left"
    );
    assert_eq!(world.verify().0, 0);
    let records = records(&world);
    for receipt in receipts {
        let at = usize::try_from(receipt["seq"].as_u64().unwrap()).unwrap();
        assert_eq!(receipt["log"], records[at]["log"]);
        assert_eq!(receipt["leaf"], records[at + 1]["prev"], "of record {at}");
        assert!(["outcome", "decision"].contains(&records[at]["kind"].as_str().unwrap()));
    }
}

/// The receipt of an answer, which is all that its `_meta` holds.
fn receipt_of(result: &Value) -> Value {
    let meta = result["_meta"].as_object().unwrap();
    assert_eq!(meta.len(), 1, "{result}");
    meta["aegis/receipt"].clone()
}

fn restrict(world: &TempWorld) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(world.path("secrets/canary"), mode).unwrap();
}
