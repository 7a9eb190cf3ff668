//! The quick reading of a line against the long one: what the quick one takes, serde takes and would write again.
//! Knows nothing of chains.

use std::cell::RefCell;

use aegis_core::audit::{Glance, Leaf, Reading, Record, RecordFault, Seen};
use serde_json::{Map, Value, json};

/// With places for what is the same in many.
const MEMBERS: &str = r#"{
        "anchor": { "root": "HASH", "size": 7 },
        "args": { "commit": "HASH", "keys": ["sql", "näme"], "len": 9007199254740991 },
        "basis": "BASIS",
        "boot": "ID", "call": "ID", "capabilities": ["db:read"], "catalog": "HASH", "cause": "crash",
        "clock": { "back": true, "ms": 0 },
        "count": 12, "cut": "CUT", "decision": "deny", "dur_us": 90, "epoch": "epoch-1", "errand": "catalogue",
        "facts": [{ "access": "read", "argument": "sql", "commit": "HASH", "kind": "reads", "subject": "customers" }, { "kind": "x" }],
        "findings": [{ "count": 1, "pointer": "/rows/*/email", "source": "analyser", "type": "EMAIL" }],
        "kind": "intent", "log": "ID", "masked_columns": 2, "mono": "42",
        "obligations": {
            "byte_max": 1, "change_max": 2, "columns": [{ "index": 0, "label": "pii.email", "operator": "token", "rule": "r" }],
            "detect": "default", "dropped": ["/a/b"], "limit": 5, "renamed": ["c -> d"], "restored": [{ "pointer": "/sql", "type": "EMAIL" }], "row_max": 3,
            "sources": [{ "column": "c.email", "label": "pii.email", "operator": "token" }]
        },
        "open": ["ID"], "prev": "HASH",
        "prune": { "from": 0, "leaf": "HASH", "root": "HASH", "to": 64 },
        "receipt": {
            "dataset": "orders", "digest": "HASH", "expires_s": 1, "id": "rcpt_a", "kind": "silver", "passed": 7,
            "rows": 100, "subject": "s3:object:silver/orders.csv", "suite": "s"
        },
        "redaction": { "approver": "dpo", "leaf": "HASH", "reason": "art. 17", "seq": 4 },
        "result": { "delivered": "HASH", "delivered_len": 1, "upstream": "HASH", "upstream_len": 2 },
        "rotate": { "cert": "aegis/epoch-key/v1" },
        "rules": [{ "phase": "block", "rule": "no-destructive-ops", "severity": "high" }],
        "salt_key": { "id": "HASH", "name": "2026-11/a.b" }, "salts": "2026-11/a.b",
        "seal": { "bytes": 1, "count": 1, "root": "HASH" },
        "sent": "maybe", "seq": 7, "server": "postgres", "spent": ["rcpt_a"],
        "start": { "captures": "5d0c3f0a", "purpose": "serve", "sync": false, "version": "0.1.0" },
        "status": "tool-error", "texts": [{ "kind": "policy", "name": "invariants", "sha256": "HASH" }],
        "tool": "postgres__query", "tool_commit": "HASH",
        "torn": [{ "file": "00000000000000000000.jsonl", "good_len": 1, "len": 2, "sha256": "HASH" }],
        "ts": "2026-11-20T18:03:15.123456789Z", "v": 2,
        "who": { "principal": "analyst", "proof": "configured", "run": "r" }}"#;

/// Every member that a record can have, each with all of its own.
fn every_member() -> Map<String, Value> {
    let hash = Leaf::of_bytes(b"any").to_string();
    let id = "01kb0000000000000000000001";
    let sizes = [
        "capabilities",
        "columns",
        "facts",
        "findings",
        "keys",
        "outputs",
        "receipts",
        "rules",
        "slots",
        "sources",
        "spent",
        "writes",
    ];
    let cut: Map<String, Value> = sizes.iter().map(|s| ((*s).to_owned(), json!(3))).collect();
    let basis = serde_json::to_value(super::kit::basis()).unwrap();
    let text = MEMBERS.replace("HASH", &hash).replace("ID", id);
    let mut all: Map<String, Value> = serde_json::from_str(&text).unwrap();
    all["cut"] = Value::Object(cut);
    all["basis"] = basis;
    all
}

/// Each kind with the members that it may have.
const KINDS: &[(&str, &str)] = &[
    ("log.open", "open start"),
    ("segment.open", "open"),
    ("recovery", "torn"),
    ("log.close", "cause"),
    ("policy.load", "epoch texts"),
    ("catalog.load", "catalog cause server"),
    (
        "intent",
        "args basis call capabilities catalog cut decision epoch facts obligations salts server spent tool who",
    ),
    (
        "decision",
        "args basis call capabilities catalog cause cut decision dur_us epoch facts rules salts server tool tool_commit who",
    ),
    (
        "outcome",
        "call cause cut dur_us findings masked_columns result rules salts sent status",
    ),
    ("listing", "count who"),
    ("refused", "cause count"),
    ("errand", "errand server"),
    ("tool.standing", "cause server tool"),
    ("receipt.mint", "receipt"),
    ("segment.seal", "seal"),
    ("salt.key", "salt_key"),
    ("shred", "cause salt_key"),
    ("key.rotate", "rotate"),
    ("anchor", "anchor cause dur_us"),
    ("redaction", "redaction"),
    ("retention.prune", "cause prune"),
    ("clock.step", "clock"),
];

pub(super) fn lines() -> Vec<String> {
    let all = every_member();
    let line = |(kind, members): &(&str, &str)| {
        let mut record = Map::new();
        let always = "boot kind log mono prev seq ts v";
        for name in always.split(' ').chain(members.split(' ')) {
            record.insert(name.to_owned(), all[name].clone());
        }
        record["kind"] = json!(kind);
        super::attacks::sorted(&Value::Object(record))
    };
    KINDS.iter().map(line).collect()
}

/// Whether the line is a record, the long way: read by serde, its members counted, written again.
fn long_way(line: &[u8]) -> Result<(), RecordFault> {
    let record: Record<'_> =
        serde_json::from_slice(line).map_err(|e| RecordFault::Shape(e.to_string()))?;
    if serde_json::to_vec(&record).unwrap() != line {
        return Err(RecordFault::NotCanonical);
    }
    Ok(())
}

thread_local! {
    /// What a reader keeps between lines, over all lines of a test: what it knows of one must not answer for another.
    static READING: RefCell<Reading> = RefCell::default();
}

/// Holds both readings against each other, the quick one by itself and behind other lines; whether the line is a record.
fn agree(line: &[u8]) -> bool {
    let (mut scratch, mut fresh) = (Vec::new(), Reading::default());
    let parsed = Record::parse(line, &mut scratch);
    if parsed.is_ok() {
        assert_eq!(long_way(line), Ok(()), "{}", String::from_utf8_lossy(line));
    }
    let seen = Seen::plainly(line, &mut fresh);
    READING.with_borrow_mut(|used| assert_eq!(Seen::plainly(line, used), seen));
    if let Some(seen) = &seen {
        let record = parsed.as_ref().unwrap_or_else(|fault| {
            panic!("{fault}: {}", String::from_utf8_lossy(line));
        });
        assert_eq!(**seen, Seen::of(record, Leaf::of_line(line)));
    }
    assert_eq!(Glance::of(line, &mut fresh).is_ok(), parsed.is_ok());
    parsed.is_ok()
}

fn quickly(line: &str) -> Option<Box<Seen>> {
    Seen::plainly(line.as_bytes(), &mut Reading::default())
}

#[test]
fn every_kind_is_read_the_quick_way_and_as_the_long_one_reads_it() {
    assert_eq!(KINDS.len(), aegis_core::audit::Kind::ALL.len());
    for line in lines() {
        assert!(agree(line.as_bytes()), "{line}");
        assert!(quickly(&line).is_some(), "{line}");
    }
    let escaped = lines()[3].replace("crash", "cr\\\"ash\\n");
    assert!(agree(escaped.as_bytes()));
    assert!(quickly(&escaped).is_none());
}

#[test]
fn changed_bytes_are_read_alike() {
    let mut read = 0;
    for line in lines() {
        let line = line.as_bytes();
        let step = 1 + line.len() / 30; // some places of each: the others are those of other kinds
        for at in (0..line.len()).step_by(step) {
            for put in b"\"\\{}[]:,0 9ae-.n\t\x7f\x80\xc3" {
                let mut changed = line.to_vec();
                changed[at] = *put;
                agree(&changed);
            }
            for (from, to) in [(at, at + 1), (at, at), (at, line.len())] {
                let mut changed = line[..from].to_vec();
                changed.extend_from_slice(&line[to..]);
                if from == to {
                    changed.insert(at, line[at]);
                }
                read += usize::from(agree(&changed));
            }
        }
    }
    assert!(read > 0, "a digit more is still a record");
}

/// A value that stands again is known by its bytes: whatever follows or changes them is read as if nothing were known.
#[test]
fn what_is_known_of_one_line_answers_for_no_other() {
    let line = &lines()[6];
    let mut used = Reading::default();
    let mut taken = 0;
    for at in 0..line.len() {
        assert!(Seen::plainly(line.as_bytes(), &mut used).is_some());
        for put in b"\",}]0a" {
            let mut changed = line.as_bytes().to_vec();
            changed.insert(at, *put);
            let fresh = Seen::plainly(&changed, &mut Reading::default());
            assert_eq!(Seen::plainly(&changed, &mut used), fresh);
            taken += usize::from(fresh.is_some());
        }
    }
    assert!(taken > 0, "a letter more in a name is still a record");
}

/// What no writer writes: members that mean nothing, in every place.
#[test]
fn members_that_are_never_written_are_refused() {
    let never = [
        "columns", "restored", "sources", "outputs", "receipts", "writes", "flaws", "summed",
        "slots",
    ];
    let mut extra: Vec<String> = never.iter().map(|name| format!("\"{name}\":[]")).collect();
    extra.push("\"clock_back\":false".to_owned());
    let all = every_member();
    extra.extend(all.keys().map(|name| format!("\"{name}\":null")));
    extra.extend(all.keys().map(|name| format!("\"{name}\":{}", all[name])));
    for line in lines() {
        for (turn, member) in extra.iter().enumerate() {
            // Some places for each member, others for the next one.
            for (at, _) in line.match_indices(['{', ',']).skip(turn % 23).step_by(23) {
                let (before, after) = line.split_at(at + 1);
                assert!(!agree(format!("{before}{member},{after}").as_bytes()));
            }
        }
    }
    for (name, empty) in [("outputs", "[]"), ("clock_back", "false")] {
        let line = lines().remove(6);
        let bare = "\"basis\":{\"now_ms\":1}";
        let start = line.find("\"basis\":").unwrap();
        let end = line.find(",\"boot\"").unwrap();
        let good = format!("{}{bare}{}", &line[..start], &line[end..]);
        assert!(agree(good.as_bytes()), "{good}");
        let member = format!("\"{name}\":{empty}");
        let members = match name {
            "outputs" => format!("\"now_ms\":1,{member}"),
            _ => format!("{member},\"now_ms\":1"),
        };
        let bad = good.replace("\"now_ms\":1", &members);
        assert!(!agree(bad.as_bytes()), "{bad}");
    }
}

/// A list or flag that is left out where it is empty says so to its reader too.
#[test]
fn what_is_left_out_where_it_is_empty_is_refused_where_it_is_there() {
    let folder = aegis_tests::root().join("kernel/core/src/audit");
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        for attribute in text.split("#[serde(").skip(1) {
            let attribute = &attribute[..attribute.find(")]").unwrap()];
            let skipped = attribute.contains("skip_serializing_if");
            if skipped && !attribute.contains("Option::is_none") {
                found += 1;
                assert!(
                    attribute.contains("deserialize_with"),
                    "{path:?}: {attribute}"
                );
            }
        }
    }
    assert!(found > 5, "{found}");
}
