//! An engine that touched something else than the kernel had derived: nothing leaves, and the log says so by name.
//! Knows nothing of how either of the two knows.

use std::path::PathBuf;
use std::process::Command;

use aegis_tests::{Client, House, aegis};
use serde_json::{Value, json};

const MANIFEST: &str = r#"
server = "postgres"
[tool.query]
description = "Run SQL"
capabilities = ["db:read"]
wall = true
[tool.query.argument.sql]
kind = "sql"
dialect = "sqlite"
description = "SQL"
[tool.query.result]
rows = "/structuredContent/rows"
columns = "/structuredContent/columns"
[[table]]
name = "customers"
columns = ["id", "email", "country"]
key = ["id"]
[[table]]
name = "orders"
columns = ["id", "customer_id"]
key = ["id"]
[label."customers.email"]
is = "pii.email"
"#;

const POLICY: &str = r#"
[[grant]]
id = "reads"
principal = "*"
capabilities = ["db:read"]
[[transform]]
id = "masks"
label = "*"
mask = { default = "redact" }
"#;

/// A kernel in front of an engine that reports what is written into a file.
fn house() -> (House, PathBuf) {
    let house = House::new("", MANIFEST, POLICY);
    let report = house.path("report.json");
    let text = format!(
        "[kernel]\nprincipal = \"analyst-agent\"\npolicies = [\"policy.toml\"]\nstate = \".aegis/state.db\"\n\
         [audit]\ndir = \".aegis/audit\"\n[south.postgres]\nmanifest = \"manifest.toml\"\n\
         command = [{:?}, \"engine\", {:?}]\n",
        env!("CARGO_BIN_EXE_aegis-hostile"),
        report.display().to_string()
    );
    std::fs::write(house.path("aegis.toml"), text).unwrap();
    (house, report)
}

fn ask(agent: &mut Client, sql: &str) -> Value {
    agent.call("postgres__query", &json!({ "sql": sql }))
}

fn audit(house: &House, arguments: &[&str]) -> String {
    let mut command = Command::new(aegis());
    command.arg("audit").args(arguments);
    let output = command.current_dir(house.path("")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

const SQL: &str = "SELECT id FROM customers WHERE country = 'FR'";

#[test]
fn what_the_engine_touched_beyond_the_judged_withholds_the_answer() {
    let (house, report) = house();
    let mut agent = house.agent();
    for (says, agrees) in [
        (
            r#"{"reads":["customers.id","customers.country"],"writes":[],"functions":[]}"#,
            true,
        ),
        (
            r#"{"reads":["CUSTOMERS.ID","customers","customers.ROWID"]}"#,
            true,
        ),
        ("{}", true),
        (r#"{"reads":["customers.id","customers.email"]}"#, false),
        (r#"{"reads":["customers.id","orders.id"]}"#, false),
        (r#"{"reads":["orders"]}"#, false),
        (
            r#"{"reads":["customers.id"],"writes":["customers"]}"#,
            false,
        ),
        (r#"{"reads":["customers.idx"]}"#, false),
        (r#"{"reads":["customersx.id"]}"#, false),
        (r#"{"reads":[["customers.id"]]}"#, false),
        (r#"{"reads":"customers.id"}"#, false),
        ("null", false),
        ("[]", false),
    ] {
        std::fs::write(&report, says).unwrap();
        let answer = ask(&mut agent, SQL);
        let content = &answer["structuredContent"];
        if agrees {
            assert_eq!(content["rows"], json!([{ "id": 4711 }]), "{says}: {answer}");
            continue;
        }
        assert_eq!(
            content["rule"], "kernel.engine-disagrees",
            "{says}: {answer}"
        );
        assert_eq!(
            (&content["decision"], &answer["isError"]),
            (&json!("deny"), &json!(true))
        );
        assert!(
            content["reason"].is_string() && content["fix"].is_string(),
            "{answer}"
        );
        // Not in the receipt beside it, whose hash may hold any digits.
        let said = json!([answer["content"], content]).to_string();
        assert!(!said.contains("4711"), "{says}: {answer}");
    }
    agent.finish();
}

#[test]
fn the_log_holds_the_disagreement_under_its_own_name() {
    let (house, report) = house();
    std::fs::write(&report, r#"{"reads":["orders.customer_id"]}"#).unwrap();
    let mut agent = house.agent();
    ask(&mut agent, SQL);
    std::fs::write(&report, r#"{"reads":["customers.id"]}"#).unwrap();
    ask(&mut agent, SQL);
    agent.finish();
    let dir = ".aegis/audit";
    let filter = "rule == \"kernel.engine-disagrees\"";
    let found = audit(&house, &["query", dir, "--json", "--where", filter]);
    let rows: Vec<Value> = found
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 1, "{found}");
    assert_eq!(rows[0]["status"], "withheld", "{found}");
    let call = rows[0]["call"].as_str().unwrap();
    let shown: Value =
        serde_json::from_str(&audit(&house, &["show", call, dir, "--json"])).unwrap();
    let outcome = shown.as_array().unwrap().last().unwrap();
    assert_eq!(outcome["kind"], "outcome");
    assert_eq!(
        outcome["rules"][0]["rule"], "kernel.engine-disagrees",
        "{outcome}"
    );
    let told = audit(&house, &["show", call, dir, "--why"]);
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("the engine touched other tables or columns"),
        "{told}"
    );
    audit(&house, &["verify", dir]);
}
