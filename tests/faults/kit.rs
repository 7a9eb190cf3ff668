//! The log as lines and the process table, for the fault tests.
//! Knows nothing of what a test expects of them.

use std::collections::BTreeMap;

use aegis_tests::TempWorld;
pub(crate) use aegis_tests::processes::{children_of, gone};
use serde_json::{Value, json};

/// Every whole record of the log, oldest first.
pub(crate) fn records(world: &TempWorld) -> Vec<Value> {
    let mut files: Vec<_> = std::fs::read_dir(world.path(".aegis/audit"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "jsonl"))
        .collect();
    files.sort();
    let mut records = Vec::new();
    for file in files {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        // A torn tail stays where a fault left it: it has no line end.
        let whole = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        records.extend(whole.map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    records
}

/// Every intent has exactly one outcome after it. Of one tool: the outcome's status by the length of the
/// call's arguments, which a test makes unique.
pub(crate) fn outcomes_of(tool: &str, records: &[Value]) -> BTreeMap<u64, String> {
    let mut open: BTreeMap<&str, (bool, u64)> = BTreeMap::new();
    let mut ended = BTreeMap::new();
    for record in records {
        let call = record["call"].as_str().unwrap_or_default();
        match record["kind"].as_str().unwrap() {
            "intent" => {
                let length = record["args"]["len"].as_u64().unwrap();
                let wanted = record["tool"] == tool;
                assert!(
                    open.insert(call, (wanted, length)).is_none(),
                    "twice: {record}"
                );
            }
            "outcome" => {
                let (wanted, length) = open
                    .remove(call)
                    .unwrap_or_else(|| panic!("an outcome without an open intent: {record}"));
                let status = record["status"].as_str().unwrap().to_owned();
                assert!(
                    !wanted || ended.insert(length, status).is_none(),
                    "twice: {record}"
                );
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "intents without an end: {open:?}");
    ended
}

/// An insertion that only its id and its length tell from others; its arguments' canonical length.
pub(crate) fn insertion(id: u64) -> (Value, u64) {
    // Every id has as many digits, so that the length tells one from another.
    let padding = "x".repeat(usize::try_from(id - 100_000).unwrap());
    let statement = format!("INSERT INTO staging_tmp (id, x) VALUES ({id}, '{padding}')");
    let arguments = json!({ "sql": statement });
    let length = arguments.to_string().len() as u64;
    (
        json!({ "name": "postgres__execute", "arguments": arguments }),
        length,
    )
}
