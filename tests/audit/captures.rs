//! Kernels that capture what they decide on: what is kept, what is refused where it cannot be, what is erased.
//! Knows nothing of replay's judgement; `tests/replay` does.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use aegis_tests::{Client, TempWorld};
use serde_json::{Value, json};

const QUERY: &str = "postgres__query";

/// A demo's world whose kernel captures.
struct World {
    world: TempWorld,
    away: tempfile::TempDir,
}

impl World {
    fn new(more: &str) -> Self {
        let world = TempWorld::new();
        let away = tempfile::tempdir().unwrap();
        let key = away.path().join("capture.key");
        let (code, public, why) = world.run(&["audit", "capture", "keygen", key.to_str().unwrap()]);
        assert_eq!(code, 0, "{why}");
        let section = format!("\n[audit.capture]\nkey = \"{}\"\n{more}", public.trim_end());
        let config = fs::read_to_string(world.config()).unwrap() + &section;
        fs::write(world.config(), config).unwrap();
        Self { world, away }
    }

    fn agent(&self) -> Client {
        Client::start(&self.world.config())
    }

    fn captures(&self) -> PathBuf {
        self.world.path(".aegis/audit/captures")
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut found = all(&self.captures());
        found.retain(|path| !path.ends_with("LOCK"));
        found
    }

    fn replay(&self, more: &[&str]) -> (i32, Value) {
        let key = self.away.path().join("capture.key");
        let command = [
            "replay",
            "--log",
            ".aegis/audit",
            "--json",
            "--capture-key",
            key.to_str().unwrap(),
        ];
        let (code, text, _) = self.world.run(&[&command, more].concat());
        (code, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    fn used(&self) -> Value {
        let (code, report) = self.replay(&[]);
        assert_eq!(code, 0, "{report}");
        report["captured"].clone()
    }

    fn records(&self) -> Vec<Value> {
        let mut files = all(&self.world.path(".aegis/audit"));
        files.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
        let text: String = files
            .iter()
            .map(|f| fs::read_to_string(f).unwrap())
            .collect();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    }
}

fn all(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(all(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

fn asks(word: &str) -> Value {
    json!({ "sql": format!("SELECT id FROM customers WHERE country = '{word}' AND id = 3") })
}

#[test]
fn a_kernel_captures_what_it_decides_on_and_only_the_operator_reads_it() {
    let world = World::new("");
    let mut agent = world.agent();
    agent.done(QUERY, &asks("canary-5150"));
    let dropped = json!({ "sql": "DROP TABLE canary_5150" });
    agent.denied("postgres__execute", &dropped);
    agent.denied(
        "postgres__execute",
        &json!({ "sql": "DROP TABLE staging_tmp" }),
    );
    agent.denied("postgres__nothing", &json!({ "a": "canary-5150" }));
    assert_eq!(agent.finish(), Some(0));
    for path in all(&world.world.path("")) {
        let bytes = fs::read(&path).unwrap();
        let found = bytes.windows(11).any(|w| w == b"canary-5150");
        assert!(!found, "in {}", path.display());
    }
    // What no rule was asked about is not kept: its arguments were never read.
    assert_eq!(world.used(), json!({ "used": 3 }));
    assert_eq!(world.world.verify().0, 0);
    // A rule over values, which the record alone leaves open.
    let rule = "[[argument]]\nid = \"no-canaries\"\ntool = \"postgres__query\"\nargument = \"sql\"\nlength = { max = 20 }\nbecause = \"b\"\nfix = \"f\"\n";
    let folder = world.world.path("other");
    fs::create_dir(&folder).unwrap();
    for entry in fs::read_dir(aegis_tests::root().join("policies")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
    fs::write(folder.join("more.toml"), rule).unwrap();
    let (_, report) = world.replay(&["--policy", "other"]);
    assert_eq!(
        report["other"]["denied"][0]["rule"], "no-canaries",
        "{report}"
    );
    assert_eq!(report["other"]["undecidable"], json!([]));
    let said = world.world.run(&["check"]).1;
    assert!(said.contains("captures: values of calls"), "{said}");
    let said = world.world.run(&["check", "--json"]).1;
    assert!(said.contains("\"captured_for\":\"aegis-capture+"), "{said}");
}

/// Under a running kernel: each time the call is refused by name and nothing is sent; the next one is kept again.
#[test]
fn a_call_whose_capture_cannot_be_kept_is_refused_by_name() {
    let world = World::new("");
    let mut agent = world.agent();
    agent.done(QUERY, &asks("a"));
    let file = world.files().pop().unwrap();
    let away = world.away.path().join("elsewhere");
    let deeds: [(&str, &dyn Fn()); 5] = [
        ("removed", &|| fs::remove_file(&file).unwrap()),
        ("replaced", &|| {
            fs::copy(&file, &away).unwrap();
            fs::rename(&away, &file).unwrap();
        }),
        ("truncated", &|| {
            fs::File::options()
                .write(true)
                .open(&file)
                .unwrap()
                .set_len(7)
                .unwrap();
        }),
        ("written", &|| {
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, text + "x").unwrap();
        }),
        ("linked", &|| {
            fs::rename(&file, &away).unwrap();
            symlink(&away, &file).unwrap();
        }),
    ];
    for (what, deed) in deeds {
        deed();
        let rule = agent.denied(QUERY, &asks("b"));
        assert_eq!(rule, "kernel.capture-unavailable", "{what}");
        if what == "linked" {
            // A link stays a link, and is followed by nobody.
            assert_eq!(agent.denied(QUERY, &asks("b")), rule);
            fs::remove_file(&file).unwrap();
        }
        agent.done(QUERY, &asks("c"));
    }
    // What the rules deny is not told either: it would be a decision without its grounds.
    fs::remove_file(&file).unwrap();
    let drop = json!({ "sql": "DROP TABLE staging_tmp" });
    assert_eq!(
        agent.denied("postgres__execute", &drop),
        "kernel.capture-unavailable"
    );
    assert_eq!(
        agent.denied("postgres__execute", &drop),
        "no-destructive-ops"
    );
    assert_eq!(agent.finish(), Some(0));
    assert_eq!(world.world.verify().0, 0);
    let refused = world.records().into_iter().filter(|record| {
        record["kind"] == "decision" && record["rules"][0]["rule"] == "kernel.capture-unavailable"
    });
    assert_eq!(refused.count(), 7);
}

#[test]
fn a_folder_that_another_kernel_holds_or_that_is_none_stops_the_start() {
    let world = World::new("dir = \"caps\"\n");
    let mut agent = world.agent();
    agent.done(QUERY, &asks("a"));
    let config = fs::read_to_string(world.world.config()).unwrap();
    let other = config
        .replace(".aegis/audit", ".aegis/other")
        .replace("state.db", "other.db");
    fs::write(world.world.path("other.toml"), other).unwrap();
    let (code, _, why) = world.world.run(&["serve", "--config", "other.toml"]);
    assert_ne!(code, 0);
    assert!(
        why.contains("another process holds this folder of captures"),
        "{why}"
    );
    assert_eq!(agent.finish(), Some(0));
    let (code, report) = world.replay(&["--captures", "caps"]);
    assert_eq!((code, &report["captured"]), (0, &json!({ "used": 1 })));
    fs::remove_dir_all(world.world.path("caps")).unwrap();
    fs::write(world.world.path("caps"), "no folder").unwrap();
    assert_ne!(world.world.run(&["serve"]).0, 0);
    for (from, to) in [
        ("key = \"aegis-capture", "key = \"aegis-captures"),
        ("dir = \"caps\"", "dirs = \"caps\""),
    ] {
        fs::write(world.world.config(), config.replace(from, to)).unwrap();
        assert_eq!(world.world.run(&["check"]).0, 2, "{to}");
    }
}

#[test]
fn what_is_erased_from_the_log_is_erased_from_the_captures() {
    let world = World::new("");
    let mut agent = world.agent();
    for word in ["a", "b", "c"] {
        agent.done(QUERY, &asks(word));
    }
    assert_eq!(agent.finish(), Some(0));
    assert_eq!(world.used(), json!({ "used": 3 }));
    let intents = |world: &World| -> Vec<Value> {
        let mut all = world.records();
        all.retain(|record| record["kind"] == "intent");
        all
    };
    let first = intents(&world).remove(0);
    let (seq, call) = (
        first["seq"].to_string(),
        first["call"].as_str().unwrap().to_owned(),
    );
    // One record.
    let file = world.files().pop().unwrap();
    assert!(fs::read_to_string(&file).unwrap().contains(&call));
    let redact = [
        "audit",
        "redact",
        &seq,
        "--approver",
        "dpo",
        "--reason",
        "art. 17",
    ];
    let (code, _, why) = world.world.run(&redact);
    assert_eq!(code, 0, "{why}");
    assert!(!fs::read_to_string(&file).unwrap().contains(&call));
    assert_eq!(world.used(), json!({ "used": 2 }));
    // A whole file of records; what came after it stays.
    let mut agent = world.agent();
    agent.done(QUERY, &asks("d"));
    assert_eq!(agent.finish(), Some(0));
    let (code, _, why) = world.world.run(&["audit", "prune", "--keep", "1"]);
    assert_eq!(code, 0, "{why}");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().filter(|line| !line.is_empty()).count(), 1);
    assert!(text.contains(intents(&world)[0]["call"].as_str().unwrap()));
    assert_eq!(world.used(), json!({ "used": 1 }));
    // A principal's month: nothing is left, and no copy that somebody kept can be read.
    let copy = world.away.path().join("copy");
    fs::create_dir(&copy).unwrap();
    let inside = file.strip_prefix(world.captures()).unwrap();
    fs::create_dir_all(copy.join(inside).parent().unwrap()).unwrap();
    fs::copy(&file, copy.join(inside)).unwrap();
    let (_, report) = world.replay(&["--captures", copy.to_str().unwrap()]);
    assert_eq!(report["captured"], json!({ "used": 1 }));
    let month = first["ts"].as_str().unwrap()[..7].to_owned();
    let shred = [
        "audit",
        "shred",
        "--principal",
        "analyst-agent",
        "--period",
        &month,
    ];
    let (code, _, why) = world.world.run(&shred);
    assert_eq!(code, 0, "{why}");
    assert_eq!(world.files(), Vec::<PathBuf>::new());
    assert_eq!(world.used(), json!({ "key-of-salts-gone": 1 }));
    let (code, report) = world.replay(&["--captures", copy.to_str().unwrap()]);
    assert_eq!(code, 0);
    assert_eq!(report["captured"], json!({ "key-of-salts-gone": 1 }));
}

/// Behind a link captures would be kept where nobody erases them.
#[test]
fn captures_are_not_kept_behind_a_link() {
    let world = World::new("");
    let mut agent = world.agent();
    agent.done(QUERY, &asks("a"));
    assert_eq!(agent.finish(), Some(0));
    let file = world.files().pop().unwrap();
    let (own, period) = (
        file.parent().unwrap(),
        file.parent().unwrap().parent().unwrap(),
    );
    for folder in [own, period] {
        let away = world.away.path().join("away");
        fs::rename(folder, &away).unwrap();
        symlink(&away, folder).unwrap();
        let mut agent = world.agent();
        assert_eq!(
            agent.denied(QUERY, &asks("b")),
            "kernel.capture-unavailable"
        );
        assert_eq!(agent.finish(), Some(0));
        fs::remove_file(folder).unwrap();
        fs::rename(&away, folder).unwrap();
    }
    let mut agent = world.agent();
    agent.done(QUERY, &asks("c"));
    assert_eq!(agent.finish(), Some(0));
    assert_eq!(world.used(), json!({ "used": 2 }));
}

/// A full disk cuts a capture in half, and the call is refused: half a capture accuses nobody.
#[test]
fn half_a_capture_of_a_call_that_was_refused_for_it_is_nothing_wrong() {
    let world = World::new("");
    let mut agent = world.agent();
    agent.done(QUERY, &asks("a"));
    let file = world.files().pop().unwrap();
    let good = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();
    agent.denied(QUERY, &asks("b"));
    assert_eq!(agent.finish(), Some(0));
    let refused = world
        .records()
        .into_iter()
        .find(|record| record["kind"] == "decision");
    let refused = refused.unwrap()["call"].as_str().unwrap().to_owned();
    let half = format!("{good}{refused}{}\n", &good[26..200]);
    fs::write(&file, half).unwrap();
    assert_eq!(world.used(), json!({ "used": 1 }));
}

/// A capture is on the disk before its record is: whenever a kernel dies, no decision stands in the log without one.
#[test]
fn no_decision_is_in_the_log_without_its_capture_over_kill_9() {
    let world = World::new("");
    for round in 0..4 {
        let mut agent = world.agent();
        for _ in 0..round {
            agent.done(QUERY, &asks("a"));
        }
        for _ in 0..8 {
            agent.post(
                "tools/call",
                &json!({ "name": QUERY, "arguments": asks("b") }),
            );
        }
        for _ in 0..round {
            agent.receive().unwrap();
        }
        agent.kill();
    }
    assert_eq!(world.agent().finish(), Some(0));
    assert_eq!(world.world.verify().0, 0);
    let intents = world
        .records()
        .into_iter()
        .filter(|record| record["kind"] == "intent");
    let used = world.used();
    assert_eq!(used, json!({ "used": intents.count() }));
    assert!(used["used"].as_u64().unwrap() >= 12, "{used}");
}
