//! The story that `aegis demo` tells, and the page that shows it.
//! Knows nothing of single calls.

use std::process::Command;

use aegis_tests::{PostgresServer, aegis, root};
use serde_json::{Value, json};

fn trace() -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.jsonl");
    let output = Command::new(aegis())
        .args(["demo", "--json", "--record"])
        .arg(&file)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let story: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(story["held"], json!(true));
    assert!(story["claims"].as_array().unwrap().len() >= 15);
    std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What differs from run to run: tokens, receipts, sequence numbers, places.
fn settled(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(key, _)| !["_meta", "receipt", "audit"].contains(&key.as_str()));
            Value::Object(
                kept.map(|(key, value)| (key.clone(), settled(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(settled).collect()),
        // A text may be JSON that was cut: then its words cannot be settled one by one.
        Value::String(text) if text.starts_with('{') => json!("{…}"),
        Value::String(text) if text.contains(" files)") || text.contains(" files") => json!("…"),
        Value::String(text) => Value::String(without_tokens(text)),
        other => other.clone(),
    }
}

/// `<TYPE:abcdefghijklmnop>` becomes `<TYPE>`.
fn without_tokens(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        match (tail.find(':'), tail.find('>')) {
            (Some(colon), Some(end)) if colon < end && end - colon == 17 => {
                out.push_str(&tail[..colon]);
                rest = &tail[end..];
            }
            _ => {
                out.push('<');
                rest = &tail[1..];
            }
        }
    }
    out + rest
}

#[test]
fn every_claim_holds_and_the_page_plays_a_recorded_run() {
    let fresh = trace();
    let (page, file) = (root().join("index.html"), root().join("demo/trace.jsonl"));
    if std::env::var_os("UPDATE").is_some() {
        let lines: Vec<String> = fresh
            .iter()
            .map(|line| line.to_string().replace("</", "<\\/"))
            .collect();
        let html = std::fs::read_to_string(&page).unwrap();
        let (before, tail) = html.split_once("id=\"trace\">\n").unwrap();
        let (_, after) = tail.split_once("\n</script>").unwrap();
        std::fs::write(
            &page,
            format!(
                "{before}id=\"trace\">\n[\n{}\n]\n</script>{after}",
                lines.join(",\n")
            ),
        )
        .unwrap();
        std::fs::write(
            &file,
            fresh
                .iter()
                .map(|line| format!("{line}\n"))
                .collect::<String>(),
        )
        .unwrap();
    }
    let html = std::fs::read_to_string(&page).unwrap();
    let built_in = html
        .split_once("id=\"trace\">")
        .and_then(|(_, tail)| tail.split_once("</script>"))
        .unwrap()
        .0;
    let built_in: Vec<Value> = serde_json::from_str(built_in).unwrap();
    let recorded: Vec<Value> = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        built_in, recorded,
        "the page holds another trace: UPDATE=1 cargo test -p aegis-tests --test demo"
    );
    let settle = |lines: &[Value]| {
        lines
            .iter()
            .filter(|line| line.get("audit").is_none())
            .map(settled)
            .collect::<Vec<_>>()
    };
    for (was, is) in settle(&recorded).iter().zip(settle(&fresh)) {
        assert_eq!(
            was, &is,
            "the recorded trace is stale: UPDATE=1 cargo test -p aegis-tests --test demo"
        );
    }
    assert_eq!(recorded.len(), fresh.len());
}

/// The whole story on a server: made for it, told on it, and gone.
#[test]
fn every_claim_holds_on_a_postgres_server() {
    let Some(server) = PostgresServer::shared("every_claim_holds_on_a_postgres_server") else {
        return;
    };
    let folder = server.socket_folder().display();
    let output = Command::new(aegis())
        .args(["demo", "--json", "--postgres", "env:DEMO_OPERATOR"])
        .env(
            "DEMO_OPERATOR",
            format!("postgres://postgres@/postgres?host={folder}"),
        )
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let story: Value = serde_json::from_str(&told).unwrap_or_default();
    let failed: Vec<&Value> = story["claims"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|claim| claim["held"] != json!(true))
        .collect();
    assert!(
        output.status.success() && failed.is_empty(),
        "{failed:#?}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(story["claims"].as_array().unwrap().len() >= 15);
    let mut client = server.connect("postgres");
    let left = "SELECT (SELECT count(*) FROM pg_database WHERE datname LIKE 'aegis_demo%') + (SELECT count(*) FROM pg_roles WHERE rolname LIKE 'aegis_demo%')";
    let left: i64 = client.query_one(left, &[]).unwrap().get(0);
    assert_eq!(left, 0, "something is left on the server");
}
