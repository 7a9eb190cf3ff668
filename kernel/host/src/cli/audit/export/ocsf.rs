//! OCSF: API Activity (6003) under the profile `security_control`, Detection Finding (2004).
//! Knows nothing of other forms.
//!
//! Field names, numbers and captions are held against `tests/corpus/export/ocsf.toml`, which names the published file
//! behind each part that is used.

use aegis_core::policy::Severity;
use serde_json::{Value, json};

use super::event::Event;

/// The version of the schema that is written.
const SCHEMA: &str = "1.8.0";

/// A call as API Activity.
pub(super) fn activity(event: &Event) -> Value {
    let row = &event.row;
    let (activity, name) = match row.effect.as_deref() {
        Some("read") => (2, "Read"),
        Some("write") => (3, "Update"),
        Some("destructive") => (4, "Delete"),
        _ => (0, "Unknown"),
    };
    let (action, action_name, disposition, disposition_name) =
        match (event.allowed(), event.changed()) {
            (false, _) => (2, "Denied", 2, "Blocked"),
            (true, true) => (4, "Modified", 11, "Corrected"),
            (true, false) => (1, "Allowed", 1, "Allowed"),
        };
    let status = match (row.decision.as_deref(), row.status.as_deref()) {
        (Some("allow"), Some("ok")) => 1,
        (Some("allow"), None | Some("unknown" | "in-flight")) => 0,
        _ => 2,
    };
    let mut value = json!({
        "activity_id": activity,
        "activity_name": name,
        "action_id": action,
        "action": action_name,
        "disposition_id": disposition,
        "disposition": disposition_name,
        "category_uid": 6,
        "category_name": "Application Activity",
        "class_uid": 6003,
        "class_name": "API Activity",
        "type_uid": 600_300 + activity,
        "severity_id": severity(event),
        "time": event.unix_ns() / 1_000_000,
        "status_id": status,
        "is_alert": !event.allowed(),
        "message": format!("{} {}", row.decision.as_deref().unwrap_or("-"), event.tool()),
        "actor": { "app_name": "mcp", "user": { "name": row.principal, "type_id": 99, "type": "Agent" },
                   "session": { "uid": event.run } },
        "api": { "operation": event.tool(), "service": { "name": event.server },
                 "request": { "uid": row.call } },
        "src_endpoint": { "name": row.principal },
        "metadata": metadata(event, event.row.seq, &["security_control"]),
        "unmapped": { "aegis": unmapped(event) },
    });
    if let Some(members) = value.as_object_mut() {
        if let Some(us) = row.dur_us {
            members.insert("duration".to_owned(), json!(us / 1_000));
        }
        if let Some(rule) = event.rule() {
            members.insert(
                "policy".to_owned(),
                json!({ "name": rule, "uid": event.epoch }),
            );
            members.insert("status_code".to_owned(), json!(rule));
        }
        if let Some(detail) = row.status.as_deref() {
            members.insert("status_detail".to_owned(), json!(detail));
        }
    }
    value
}

/// Low, Medium, High, Critical as the deciding policy says; Medium where it does not, Informational where nothing objected.
fn severity(event: &Event) -> u8 {
    match (event.severity(), event.allowed()) {
        (Some(Severity::Low), _) => 2,
        (Some(Severity::Medium), _) => 3,
        (Some(Severity::High), _) => 4,
        (Some(Severity::Critical), _) => 5,
        (None, true) => 1,
        (None, false) => 3,
    }
}

/// What was found in the answer, type by type.
pub(super) fn findings(event: &Event) -> Vec<Value> {
    let one = |(kind, count): &(String, u64)| {
        json!({
            "activity_id": 1,
            "activity_name": "Create",
            "action_id": 4,
            "action": "Modified",
            "disposition_id": 11,
            "disposition": "Corrected",
            "category_uid": 2,
            "category_name": "Findings",
            "class_uid": 2004,
            "class_name": "Detection Finding",
            "type_uid": 200_401,
            "severity_id": 2,
            "status_id": 4,
            "time": event.unix_ns() / 1_000_000,
            "count": count,
            "is_alert": false,
            "finding_info": {
                "uid": format!("{}:{}:{kind}", event.log, event.end.as_ref().map_or(event.row.seq, |end| end.0)),
                "title": format!("{kind} masked in an answer"),
                "types": [kind],
                "analytic": { "uid": kind, "name": kind, "type_id": 1, "type": "Rule" },
            },
            "metadata": metadata(event, event.end.as_ref().map_or(event.row.seq, |end| end.0), &["security_control"]),
            "unmapped": { "aegis": unmapped(event) },
        })
    };
    event.findings.iter().map(one).collect()
}

fn metadata(event: &Event, seq: u64, profiles: &[&str]) -> Value {
    json!({
        "version": SCHEMA,
        "product": { "name": "Aegis", "vendor_name": "Aegis", "version": env!("CARGO_PKG_VERSION") },
        "profiles": profiles,
        "log_name": event.log,
        "sequence": seq,
        "uid": format!("{}:{seq}", event.log),
        "original_event_uid": event.row.call,
        "original_time": event.row.ts,
    })
}

/// What proves the row: `aegis audit prove SEQ`.
fn unmapped(event: &Event) -> Value {
    let mut value =
        json!({ "log": event.log, "seq": event.row.seq, "leaf": event.leaf, "proof": event.proof });
    if let (Some(members), Some((seq, leaf))) = (value.as_object_mut(), &event.end) {
        members.insert("end_seq".to_owned(), json!(seq));
        members.insert("end_leaf".to_owned(), json!(leaf));
        members.insert("sent".to_owned(), json!(event.sent));
    }
    value
}
