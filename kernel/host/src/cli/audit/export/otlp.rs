//! OpenTelemetry: one LogsData object a line, in the JSON mapping of OTLP.
//! Knows nothing of other forms.
//!
//! 64-bit integers are strings there, and names of attributes are those of the GenAI and MCP conventions, which are
//! still in development.

use serde_json::{Value, json};

use super::event::Event;

/// A call as one log record.
pub(super) fn logs(event: &Event) -> Value {
    let row = &event.row;
    let (number, word) = match event.allowed() {
        true => (9, "INFO"),
        false => (13, "WARN"),
    };
    let ns = event.unix_ns().to_string();
    json!({ "resourceLogs": [{
        "resource": { "attributes": [
            text("service.name", "aegis"), text("service.version", env!("CARGO_PKG_VERSION")),
        ] },
        "scopeLogs": [{
            "scope": { "name": "aegis.audit" },
            "logRecords": [{
                "timeUnixNano": ns,
                "observedTimeUnixNano": ns,
                "severityNumber": number,
                "severityText": word,
                "eventName": "aegis.call",
                "body": { "stringValue": format!("{} {}", row.decision.as_deref().unwrap_or("-"), event.tool()) },
                "attributes": attributes(event),
            }],
        }],
    }] })
}

fn attributes(event: &Event) -> Vec<Value> {
    let row = &event.row;
    let mut attributes = vec![
        text("mcp.method.name", "tools/call"),
        text("gen_ai.operation.name", "execute_tool"),
        text("gen_ai.tool.name", event.tool()),
        text(
            "gen_ai.tool.call.id",
            row.call.as_deref().unwrap_or_default(),
        ),
        text("mcp.session.id", &event.run),
        text("enduser.id", row.principal.as_deref().unwrap_or_default()),
        text(
            "aegis.decision",
            row.decision.as_deref().unwrap_or_default(),
        ),
        text("aegis.log", &event.log),
        text("aegis.leaf", &event.leaf),
        int("aegis.seq", row.seq),
    ];
    let mut add =
        |name: &str, value: Option<&str>| attributes.extend(value.map(|value| text(name, value)));
    add("aegis.status", row.status.as_deref());
    add("aegis.effect", row.effect.as_deref());
    add(
        "aegis.epoch",
        (!event.epoch.is_empty()).then_some(event.epoch.as_str()),
    );
    add(
        "error.type",
        if event.allowed() { None } else { event.rule() },
    );
    if let Some((seq, leaf)) = &event.end {
        attributes.push(int("aegis.end.seq", *seq));
        attributes.push(text("aegis.end.leaf", leaf));
    }
    if let Some(us) = row.dur_us {
        attributes.push(int("aegis.duration_us", us));
    }
    if !row.rules.is_empty() {
        let rules: Vec<Value> = row
            .rules
            .iter()
            .map(|rule| json!({ "stringValue": rule }))
            .collect();
        attributes
            .push(json!({ "key": "aegis.rules", "value": { "arrayValue": { "values": rules } } }));
    }
    for (kind, count) in &event.findings {
        attributes.push(int(&format!("aegis.masked.{kind}"), *count));
    }
    attributes
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn int(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}
