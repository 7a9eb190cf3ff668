//! Mixed traffic without a pause: good, denied, malformed and cancelled. Nothing grows, leaks or is answered twice.
//! Knows nothing of rules. The long form: `AEGIS_SOAK_S=3600 cargo test --release -p aegis-tests --test soak -- --ignored`.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use aegis_tests::{Client, TempWorld};
use serde_json::Value;

/// Messages of one window: written at once, then waited for.
const WINDOW: u64 = 24;

/// What a process has: memory in kB, open descriptors, children.
#[derive(Clone, Copy, Debug)]
struct Held {
    resident_kb: u64,
    descriptors: usize,
    children: usize,
}

fn held(process: u32) -> Held {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1));
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let children = tasks.flatten().map(|task| {
        let text = fs::read_to_string(task.path().join("children"));
        text.unwrap_or_default().split_whitespace().count()
    });
    Held {
        resident_kb: kb.unwrap().parse().unwrap(),
        // A dumpable process may be looked into, and the kernel is none: its limits are all that is told then.
        descriptors: fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count),
        children: children.sum(),
    }
}

/// What became of the messages.
#[derive(Default)]
struct Tally {
    /// Answers of each id.
    answers: BTreeMap<u64, u32>,
    /// Answers without one.
    nameless: u64,
    waited_for: Vec<u64>,
    cancelled: Vec<u64>,
    nameless_due: u64,
    next: u64,
}

impl Tally {
    fn hear(&mut self, line: &Value) {
        assert_ne!(
            line.get("result").is_some(),
            line.get("error").is_some(),
            "{line}"
        );
        match line["id"].as_u64() {
            Some(id) => *self.answers.entry(id).or_default() += 1,
            None => self.nameless += 1,
        }
    }

    /// Says one message, of a kind by turns.
    fn say(&mut self, kernel: &mut Client) {
        let id = self.next;
        self.next += 1;
        let call = |tool: &str, arguments: &str| {
            format!(
                r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
            )
        };
        let masked = r#"{"sql":"SELECT id, email, phone FROM customers WHERE id <= 3"}"#;
        let line = match id % 12 {
            0 => call("postgres__query", r#"{"sql":"SELECT 1 AS one"}"#),
            1 | 2 => call("postgres__query", masked),
            3 => call("postgres__execute", r#"{"sql":"DROP TABLE orders"}"#),
            4 => call(
                "postgres__query",
                r#"{"sql":"SELECT 1; DROP TABLE orders"}"#,
            ),
            5 => call("s3__put_object", r#"{"key":"../x","body":"x"}"#),
            6 => call("s3__list_objects", r#"{}"#),
            7 => call("nothing__here", "{}"),
            8 => format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping","method":"tools/call"}}"#),
            9 => format!(r#"[{{"jsonrpc":"2.0","id":{id},"method":"ping"}}]"#),
            10 => r#"{"jsonrpc":"2.0","method":"notifications/made/up"}"#.to_owned(),
            _ => call("postgres__query", masked),
        };
        kernel.send(&line);
        match id % 12 {
            9 => self.nameless_due += 1,
            10 => {}
            11 => {
                kernel.send(&format!(
                    r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id}}}}}"#
                ));
                self.cancelled.push(id);
            }
            _ => self.waited_for.push(id),
        }
    }

    fn window(&mut self, kernel: &mut Client) {
        self.waited_for.clear();
        for _ in 0..WINDOW {
            self.say(kernel);
        }
        while self.nameless < self.nameless_due
            || self
                .waited_for
                .iter()
                .any(|id| !self.answers.contains_key(id))
        {
            let line = kernel.receive().expect("it lives");
            self.hear(&line);
        }
    }
}

/// Runs for so long, or for so many windows, whichever is later.
fn soak(time: Duration, windows: u64) {
    let world = TempWorld::new();
    let mut kernel = Client::start(&world.config());
    let process = kernel.child.id();
    let mut tally = Tally {
        next: 1_000,
        ..Tally::default()
    };
    let start = Instant::now();
    let mut before = held(process);
    let mut at = 0;
    while at < windows || start.elapsed() < time {
        tally.window(&mut kernel);
        at += 1;
        kernel.heard.clear();
        // Caches and pools are full by then.
        if at == windows / 2 {
            before = held(process);
        }
    }
    let after = held(process);
    assert_eq!(after.children, before.children, "{before:?} {after:?}");
    assert_eq!(
        after.descriptors, before.descriptors,
        "{before:?} {after:?}"
    );
    let grown = after.resident_kb.saturating_sub(before.resident_kb);
    assert!(grown < 8 * 1024, "{before:?} {after:?}");
    kernel.close();
    while let Some(line) = kernel.receive() {
        tally.hear(&line);
    }
    assert_eq!(kernel.finish(), Some(0));
    let twice: Vec<_> = tally
        .answers
        .iter()
        .filter(|(_, count)| **count > 1)
        .collect();
    assert!(twice.is_empty(), "answered twice: {twice:?}");
    assert_eq!(tally.nameless, tally.nameless_due);
    assert!(tally.cancelled.len() as u64 >= at * WINDOW / 12 - 1);
    assert_eq!(
        world.number("SELECT count(*) FROM sqlite_master WHERE name = 'orders'"),
        1
    );
    let (code, report) = world.verify();
    assert_eq!(code, 0, "{report}");
}

#[test]
fn mixed_traffic_leaves_nothing_behind() {
    soak(Duration::ZERO, 6);
}

#[test]
#[ignore = "an hour by default; see the head of this file"]
fn an_hour_of_mixed_traffic_leaves_nothing_behind() {
    let seconds = std::env::var("AEGIS_SOAK_S").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(3_600);
    soak(Duration::from_secs(seconds), 400);
}
