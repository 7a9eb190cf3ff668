//! Reading a log: show, tail, query, stats, and that nothing in it can fool a terminal.
//! Knows nothing of proofs.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use aegis_core::audit::{Kind, Leaf, Record, RuleLine, RuleText, Text};
use aegis_host::journal::LogOptions;
use serde_json::Value;

use super::kit;

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn calls_are_found_by_what_they_were_and_how_they_ended() {
    let folder = kit::closed(12, u64::MAX).await;
    let dir = folder.path().join("audit");
    let dir = dir.to_str().unwrap();
    let count = |filters: &[&str]| {
        let mut arguments = vec!["query", "--json", dir];
        arguments.extend(filters);
        let (code, text) = kit::aegis(&arguments);
        assert_eq!(code, i32::from(text.is_empty()), "{filters:?}");
        text.lines().count()
    };
    assert_eq!(count(&[]), 15);
    assert_eq!(count(&["--decision", "deny"]), 3);
    assert_eq!(count(&["--status", "ok"]), 12);
    assert_eq!(count(&["--rule", "no-destructive-ops"]), 3);
    assert_eq!(count(&["--rule", "no-*"]), 3);
    assert_eq!(count(&["--tool", "postgres__*"]), 15);
    assert_eq!(count(&["--tool", "postgres__query"]), 12);
    assert_eq!(count(&["--principal", "someone-else"]), 0);
    assert_eq!(count(&["--since", "1h"]), 15);
    assert_eq!(count(&["--until", "1h"]), 0);
    assert_eq!(count(&["--since", "2020-01-01T00:00Z"]), 15);
    assert_eq!(count(&["--until", "2020-01-01"]), 0);
    assert_eq!(kit::aegis(&["query", dir, "--since", "tea time"]).0, 2);
}

#[tokio::test]
async fn a_call_is_shown_with_all_its_records() {
    let folder = kit::closed(2, u64::MAX).await;
    let dir = folder.path().join("audit");
    let dir = dir.to_str().unwrap();
    let call = kit::id(1).to_string();
    let (code, text) = kit::aegis(&["show", &call, dir, "--json"]);
    assert_eq!(code, 0);
    let records: Vec<Value> = serde_json::from_str(&text).unwrap();
    let kinds: Vec<&str> = records
        .iter()
        .map(|r| r["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["intent", "outcome"]);
    let seq = records[1]["seq"].to_string();
    let (_, by_seq) = kit::aegis(&["show", &seq, dir, "--json"]);
    assert_eq!(by_seq, text);
    let (_, listed) = kit::aegis(&["show", &call, dir]);
    assert!(listed.contains("  capabilities    db:read\n") && listed.contains("outcome  #"));
    let (_, told) = kit::aegis(&["show", &call, dir, "--why"]);
    for line in [
        "ALLOWED, and answered  postgres__query\n",
        "  read as     reads customers (sql)\n",
        "  needed      db:read\n",
        "  ended       ok after 1.0ms; sent: yes\n",
        "  answer      220 bytes came, 200 left\n",
    ] {
        assert!(told.contains(line), "{line}{told}");
    }
    assert_eq!(kit::aegis(&["show", "999999", dir]).0, 1);
    assert_eq!(kit::aegis(&["show", "nonsense", dir]).0, 2);
}

#[tokio::test]
async fn a_denial_is_told_with_the_words_of_its_rule() {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(kit::options(folder.path())).unwrap();
    let text = r#"
[[block]]
id = "no-destructive-ops"
capability = "db:drop"
because = "nothing is destroyed"
fix = "name rows by key"
"#;
    let sha256 = Leaf::of_bytes(text.as_bytes());
    let policies = folder.path().join("audit/policies");
    std::fs::create_dir(&policies).unwrap();
    std::fs::write(policies.join(sha256.to_string()), text).unwrap();
    let mut load = Record::draft(Kind::PolicyLoad);
    load.epoch = Some(Text::from("epoch-1"));
    load.texts = Some(vec![RuleText {
        kind: Text::from("policy"),
        name: Text::from("invariants.toml"),
        sha256,
    }]);
    log.append(load).await.unwrap();
    let mut denial = kit::denial(1);
    denial.epoch = Some(Text::from("epoch-1"));
    denial.rules.as_mut().unwrap().push(RuleLine {
        phase: Text::from("grant"),
        rule: Text::from("kernel.beyond-tool"),
        severity: None,
    });
    log.append(denial).await.unwrap();
    log.close().await;
    let dir = folder.path().join("audit");
    let (code, told) = kit::aegis(&[
        "show",
        &kit::id(1).to_string(),
        dir.to_str().unwrap(),
        "--why",
    ]);
    assert_eq!(code, 0);
    let wanted = "\
  decided by  no-destructive-ops (block in invariants.toml)
    because   nothing is destroyed
    instead   name rows by key
  and by      kernel.beyond-tool (the kernel's own)
    because   the call needed a capability that its tool's manifest does not list
";
    assert!(told.contains(wanted), "{told}");
}

#[tokio::test]
async fn the_newest_rows_and_the_counts() {
    let folder = kit::closed(12, u64::MAX).await;
    let dir = folder.path().join("audit");
    let dir = dir.to_str().unwrap();
    let (code, text) = kit::aegis(&["tail", "-n", "3", "--json", dir]);
    assert_eq!(code, 0);
    let rows = lines(&text);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[2]["kind"], "log.close");
    let (code, text) = kit::aegis(&["stats", "--json", dir]);
    assert_eq!(code, 0);
    let stats: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(stats["total"]["calls"], 15);
    assert_eq!(stats["total"]["denied"], 3);
    assert_eq!(stats["tools"]["postgres__query"]["calls"], 12);
    assert_eq!(stats["rules"]["no-destructive-ops"], 3);
    let (code, table) = kit::aegis(&["stats", dir]);
    assert_eq!(code, 0);
    assert!(table.contains("postgres__query") && !table.contains('\u{1b}'));
}

#[tokio::test]
async fn nothing_in_a_record_reaches_a_terminal_as_an_escape() {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(kit::options(folder.path())).unwrap();
    let hostile = "x\u{1b}[2J\u{9b}31m\r\n\u{202e}evil\u{200b}\u{2066}\u{e0041}";
    let mut record = kit::denial(1);
    record.tool = Some(Text::from(hostile));
    record.cause = Some(Text::from(hostile));
    log.append(record).await.unwrap();
    log.close().await;
    let dir = folder.path().join("audit");
    let dir = dir.to_str().unwrap();
    let call = kit::id(1).to_string();
    let views: [&[&str]; 5] = [
        &["tail", dir],
        &["query", dir],
        &["stats", dir],
        &["show", &call, dir, "--why"],
        &["verify", dir],
    ];
    for arguments in views {
        let (_, text) = kit::aegis(arguments);
        assert!(!text.is_empty());
        let fooled = |c: char| {
            (c.is_control() && c != '\n')
                || matches!(c, '\u{200b}' | '\u{202e}' | '\u{2066}' | '\u{e0041}')
        };
        assert!(!text.contains(fooled), "{arguments:?}: {text:?}");
        assert!(text.lines().all(|line| !line.starts_with('\u{202e}')));
    }
}

#[tokio::test]
async fn a_log_is_followed_from_file_to_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(LogOptions {
        segment_bytes_max: 2_048,
        ..kit::options(folder.path())
    })
    .unwrap();
    kit::calls(&log, 1..2).await;
    let mut child = Command::new(env!("CARGO_BIN_EXE_aegis-under-test"))
        .args(["audit", "tail", "-f", "--json"])
        .arg(folder.path().join("audit"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut rows = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut call = move || loop {
        let row: Value = serde_json::from_str(&rows.next().unwrap().unwrap()).unwrap();
        if row["status"] == "ok" {
            break row["call"].as_str().unwrap().to_owned();
        }
    };
    assert_eq!(call(), kit::id(1).to_string());
    kit::calls(&log, 5..8).await;
    for n in 5..8 {
        assert_eq!(call(), kit::id(n).to_string());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    log.close().await;
}

#[test]
fn what_cannot_be_read_or_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone");
    let gone = gone.to_str().unwrap();
    for arguments in [
        &["verify", gone][..],
        &["tail", gone],
        &["show", "3", gone],
        &["query", gone],
        &["stats", gone],
        &["export", "--format", "cef", gone],
        &["bundle", gone, "-o", "x.tar"],
        &["prove", "3", gone],
    ] {
        let out = Command::new(env!("CARGO_BIN_EXE_aegis-under-test"))
            .arg("audit")
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(5), "{arguments:?}: {said}");
        assert!(said.contains(gone), "{arguments:?}: {said}");
    }
}
