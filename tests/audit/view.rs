//! Reading a log: show, tail, query, stats, and that nothing in it can fool a terminal.
//! Knows nothing of proofs.

use aegis_core::audit::Text;
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
    let (_, short) = kit::aegis(&["show", &call, dir]);
    let (_, long) = kit::aegis(&["show", &call, dir, "--why"]);
    assert!(!short.contains("customers") && long.contains("customers"));
    assert_eq!(kit::aegis(&["show", "999999", dir]).0, 1);
    assert_eq!(kit::aegis(&["show", "nonsense", dir]).0, 2);
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
