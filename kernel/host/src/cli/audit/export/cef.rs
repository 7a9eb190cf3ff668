//! Common Event Format, version 0: one line a call.
//! Knows nothing of other forms.

use aegis_core::policy::Severity;

use super::event::Event;

/// The line of a call.
pub(super) fn line(event: &Event) -> String {
    let row = &event.row;
    let decision = row.decision.as_deref().unwrap_or("-");
    let id = event.rule().unwrap_or(decision);
    let severity = match (event.allowed(), row.effect.as_deref()) {
        _ if event.severity().is_some() => match event.severity() {
            Some(Severity::Critical) => 10,
            Some(Severity::High) => 8,
            Some(Severity::Medium) => 6,
            Some(Severity::Low) | None => 3,
        },
        (true, _) => 2,
        (false, Some("destructive")) => 8,
        (false, _) => 6,
    };
    let mut pairs = vec![
        ("rt", (event.unix_ns() / 1_000_000).to_string()),
        ("act", decision.to_owned()),
        ("suser", row.principal.clone().unwrap_or_default()),
        ("request", event.tool().to_owned()),
        ("externalId", row.seq.to_string()),
        ("cs1Label", "rule".to_owned()),
        ("cs1", row.rules.join(",")),
        ("cs2Label", "leaf".to_owned()),
        ("cs2", event.leaf.clone()),
        ("cs3Label", "log".to_owned()),
        ("cs3", event.log.clone()),
        ("cs4Label", "call".to_owned()),
        ("cs4", row.call.clone().unwrap_or_default()),
    ];
    if let Some(status) = &row.status {
        pairs.push(("outcome", status.clone()));
    }
    if let Some(us) = row.dur_us {
        pairs.push(("cn1Label", "dur_us".to_owned()));
        pairs.push(("cn1", us.to_string()));
    }
    if let Some((seq, leaf)) = &event.end {
        pairs.push(("cn2Label", "end_seq".to_owned()));
        pairs.push(("cn2", seq.to_string()));
        pairs.push(("cs5Label", "end_leaf".to_owned()));
        pairs.push(("cs5", leaf.clone()));
    }
    let pairs: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", extension(value)))
        .collect();
    format!(
        "CEF:0|Aegis|kernel|{}|{}|{}|{severity}|{}",
        env!("CARGO_PKG_VERSION"),
        header(id),
        header(&format!("tool call {decision}")),
        pairs.join(" ")
    )
}

/// In a header `\` and `|` are escaped; a line's end, and whatever misleads, is spelt out.
fn header(text: &str) -> String {
    shown(text).replace('\\', "\\\\").replace('|', "\\|")
}

/// In an extension `\` and `=` are escaped.
fn extension(text: &str) -> String {
    shown(text).replace('\\', "\\\\").replace('=', "\\=")
}

fn shown(text: &str) -> String {
    super::super::paint::plain(text).into_owned()
}
