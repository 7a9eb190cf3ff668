//! What other systems read: the forms of the export, held against what was published of them.
//! Knows nothing of how a log is written.

use aegis_core::audit::{Found, Int, Text};
use opentelemetry_proto::tonic::logs::v1::LogsData;
use serde_json::Value;

use super::kit;

const HOSTILE: &str = "=cmd|' /C calc'!A0\r\n\u{1b}[2J\u{202e}a=b|c\\d,\"e\"";

/// A log with calls, denials, findings, and names that an agent may have chosen.
async fn world() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(kit::options(folder.path())).unwrap();
    kit::calls(&log, 0..3).await;
    let debt = log.begin(kit::intent(7)).await.unwrap();
    let mut outcome = kit::outcome(7);
    outcome.findings = Some(vec![Found {
        count: Int::saturating(3),
        kind: Text::from("EMAIL_ADDRESS"),
        pointer: None,
        source: None,
    }]);
    debt.pay(outcome).await.unwrap();
    let mut denial = kit::denial(9);
    denial.tool = Some(Text::from(HOSTILE));
    denial.capabilities = Some(vec![Text::from("db:drop")]);
    log.append(denial).await.unwrap();
    log.close().await;
    folder
}

fn export(folder: &tempfile::TempDir, format: &str) -> String {
    let dir = folder.path().join("audit");
    let (code, text) = kit::aegis(&["export", "--format", format, dir.to_str().unwrap()]);
    assert_eq!(code, 0);
    text
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        _ => value.is_object(),
    }
}

/// Numbers that are called something else than the schema calls them.
fn miscalled(event: &Value, schema: &toml::Table) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, captions) in schema["caption"].as_table().unwrap() {
        let number = event[&format!("{name}_id")].to_string();
        let caption = captions.get(&number).and_then(toml::Value::as_str);
        if caption.is_none() || event[name].as_str() != caption {
            faults.push(format!("{name} {number} is not called {}", event[name]));
        }
    }
    faults
}

/// What is wrong with an event, by the condensed schema.
fn faults(event: &Value, schema: &toml::Table) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(class) = schema["class"].get(event["class_uid"].to_string()) else {
        return vec![format!("no class {}", event["class_uid"])];
    };
    let names = |list: &toml::Value| -> Vec<String> {
        let items = list.as_array().unwrap().iter();
        items
            .map(|item| item.as_str().unwrap().to_owned())
            .collect()
    };
    let has = |list: &toml::Value, number: &Value| {
        let items = list.as_array().unwrap().iter();
        items
            .filter_map(toml::Value::as_integer)
            .any(|item| Some(item) == number.as_i64())
    };
    for name in names(&class["required"]) {
        if event.get(&name).is_none_or(Value::is_null) {
            faults.push(format!("lacks {name}"));
        }
    }
    for (name, value) in event.as_object().unwrap() {
        match class["field"].get(name).and_then(toml::Value::as_str) {
            None => faults.push(format!("unknown {name}")),
            Some(kind) if !is(value, kind) => faults.push(format!("{name} is no {kind}")),
            Some(_) => {}
        }
        if let Some(known) = schema["enum"].get(name)
            && !has(known, value)
        {
            faults.push(format!("{name} is {value}"));
        }
        if let Some(object) = schema["object"].get(name) {
            let members = value.as_object().unwrap();
            let fields = names(&object["field"]);
            faults.extend(
                members
                    .keys()
                    .filter(|key| !fields.contains(key))
                    .map(|key| format!("unknown {name}.{key}")),
            );
            let required = names(&object["required"]);
            faults.extend(
                required
                    .iter()
                    .filter(|key| !members.contains_key(*key))
                    .map(|key| format!("lacks {name}.{key}")),
            );
            let any = object.get("at_least_one").map(names).unwrap_or_default();
            if !any.is_empty() && !any.iter().any(|key| members.contains_key(key)) {
                faults.push(format!("{name} names nothing"));
            }
        }
    }
    for name in ["activity_id", "status_id"] {
        if !has(&class[name], &event[name]) {
            faults.push(name.to_owned());
        }
    }
    faults.extend(miscalled(event, schema));
    let number = |name: &str| event[name].as_i64().unwrap_or(-1);
    if number("type_uid") != number("class_uid") * 100 + number("activity_id")
        || Some(number("category_uid")) != class["category_uid"].as_integer()
    {
        faults.push("numbers of class, category and type do not agree".to_owned());
    }
    faults
}

#[tokio::test]
async fn ocsf_events_have_the_shapes_of_our_extract() {
    let folder = world().await;
    let path = aegis_tests::root().join("tests/corpus/export/ocsf.toml");
    let schema: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    for part in ["class", "caption", "object"] {
        for (name, table) in schema[part].as_table().unwrap() {
            assert!(table.get("source").is_some(), "{part}.{name} has no source");
        }
    }
    let records = kit::records(folder.path());
    let text = export(&folder, "ocsf");
    let mut classes = Vec::new();
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!(faults(&event, &schema), Vec::<String>::new(), "{event}");
        classes.push(event["class_uid"].as_u64().unwrap());
        // Each row can be proven: its leaf is the hash of the record that it names.
        let seq = event["unmapped"]["aegis"]["seq"].as_u64().unwrap();
        let next = records.iter().find(|r| r["seq"] == seq + 1).unwrap();
        assert_eq!(event["unmapped"]["aegis"]["leaf"], next["prev"]);
        let mut broken = event.clone();
        broken["severity_id"] = "high".into();
        broken["made_up"] = 1.into();
        assert_eq!(faults(&broken, &schema).len(), 3, "the validator can fail");
    }
    assert_eq!(classes, [6003, 6003, 6003, 6003, 6003, 2004, 6003]);
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["activity_id"], 4);
    assert_eq!(last["disposition_id"], 2);
}

/// Whether all of one value is in the other, which may hold more members (those that are empty).
fn within(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => ours
            .iter()
            .all(|(name, value)| theirs.get(name).is_some_and(|there| within(value, there))),
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| within(a, b))
        }
        _ => ours == theirs,
    }
}

/// Read and written again by the types that are generated from the published `.proto` files: what they do not know is lost.
fn read_by_otlp(line: &str) -> Value {
    let read: LogsData = serde_json::from_str(line).unwrap();
    serde_json::to_value(read).unwrap()
}

#[tokio::test]
async fn otlp_logs_are_read_whole_by_its_published_messages() {
    let folder = world().await;
    for line in export(&folder, "otlp").lines() {
        let logs: Value = serde_json::from_str(line).unwrap();
        assert!(within(&logs, &read_by_otlp(line)), "{line}");
        let misnamed = line.replace("severityText", "severity_words");
        let lost = serde_json::from_str(&misnamed).unwrap();
        assert!(
            !within(&lost, &read_by_otlp(&misnamed)),
            "the check can fail"
        );
        let record = &logs["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
        let time: u64 = record["timeUnixNano"].as_str().unwrap().parse().unwrap();
        assert!(time > 1_700_000_000_000_000_000 && time < 4_000_000_000_000_000_000);
        assert!((1..=24).contains(&record["severityNumber"].as_u64().unwrap()));
        let mut keys = std::collections::BTreeSet::new();
        for attribute in record["attributes"].as_array().unwrap() {
            assert!(keys.insert(attribute["key"].as_str().unwrap().to_owned()));
            let value = attribute["value"].as_object().unwrap();
            assert_eq!(value.len(), 1, "{attribute}");
            if let Some(int) = value.get("intValue") {
                int.as_str().unwrap().parse::<i64>().unwrap();
            }
        }
        for key in ["aegis.log", "aegis.seq", "aegis.leaf", "gen_ai.tool.name"] {
            assert!(keys.contains(key), "{key}");
        }
    }
}

/// The pairs of a CEF extension, read as receivers do: a name after a space, up to an `=` that is not escaped.
fn cef(line: &str) -> (Vec<String>, Vec<(String, String)>) {
    let mut parts = vec![String::new()];
    let mut chars = line.chars();
    let mut rest = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => parts.last_mut().unwrap().push(chars.next().unwrap()),
            '|' if parts.len() == 7 => {
                rest = chars.by_ref().collect();
            }
            '|' => parts.push(String::new()),
            c => parts.last_mut().unwrap().push(c),
        }
    }
    let mut pairs: Vec<(String, String)> = Vec::new();
    for word in rest.split(' ') {
        let plain = word
            .find('=')
            .filter(|at| *at == 0 || !word[..*at].ends_with('\\'));
        match (plain, pairs.last_mut()) {
            (Some(at), _) => pairs.push((word[..at].to_owned(), word[at + 1..].to_owned())),
            (None, Some((_, value))) => {
                value.push(' ');
                value.push_str(word);
            }
            (None, None) => panic!("no name: {rest}"),
        }
    }
    (parts, pairs)
}

#[tokio::test]
async fn cef_lines_cannot_be_broken_out_of() {
    let folder = world().await;
    let text = export(&folder, "cef");
    assert_eq!(text.lines().count(), 6);
    let known = [
        "rt",
        "act",
        "suser",
        "request",
        "externalId",
        "cs1Label",
        "cs1",
        "cs2Label",
        "cs2",
        "cs3Label",
        "cs3",
        "cs4Label",
        "cs4",
        "cs5Label",
        "cs5",
        "cn1Label",
        "cn1",
        "cn2Label",
        "cn2",
        "outcome",
    ];
    for line in text.lines() {
        let (header, pairs) = cef(line);
        assert_eq!(header[..3], ["CEF:0", "Aegis", "kernel"]);
        assert_eq!(header.len(), 7);
        for (name, _) in &pairs {
            assert!(known.contains(&name.as_str()), "{name} in {line}");
        }
        assert!(!line.contains(char::is_control));
    }
}

#[tokio::test]
async fn csv_rows_are_rows_and_no_formulas() {
    let folder = world().await;
    let text = export(&folder, "csv");
    let mut lines = text.lines();
    let columns = lines.next().unwrap().split(',').count();
    for line in lines {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                c => cells.last_mut().unwrap().push(c),
            }
        }
        assert!(!quoted);
        assert_eq!(cells.len(), columns, "{line}");
        assert!(
            cells
                .iter()
                .all(|cell| !cell.trim_start().starts_with(['=', '+', '-', '@'])),
            "{line}"
        );
        assert!(!line.contains(char::is_control) && !line.contains('\u{202e}'));
    }
}
