//! Comma-separated values, RFC 4180: a head line, then one line a call.
//! Knows nothing of other forms.

use super::event::Event;
use crate::cli::audit::paint::plain;

pub(super) const HEAD: &str = "ts,log,seq,leaf,end_seq,end_leaf,call,principal,run,tool,decision,status,effect,rules,dur_us,masked_columns,findings,epoch";

/// The line of a call.
pub(super) fn line(event: &Event) -> String {
    let row = &event.row;
    let findings: Vec<String> = event
        .findings
        .iter()
        .map(|(kind, count)| format!("{kind}:{count}"))
        .collect();
    let (end_seq, end_leaf) = event.end.clone().map_or_else(
        || (String::new(), String::new()),
        |(seq, leaf)| (seq.to_string(), leaf),
    );
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    cells(&[
        row.ts.clone(),
        event.log.clone(),
        row.seq.to_string(),
        event.leaf.clone(),
        end_seq,
        end_leaf,
        text(&row.call),
        text(&row.principal),
        event.run.clone(),
        text(&row.tool),
        text(&row.decision),
        text(&row.status),
        text(&row.effect),
        row.rules.join(";"),
        row.dur_us.map(|us| us.to_string()).unwrap_or_default(),
        event.masked_columns.to_string(),
        findings.join(";"),
        event.epoch.clone(),
    ])
}

/// Cells as one line. A cell that a spreadsheet would run as a formula begins with `'`; what misleads is spelt out.
pub(in crate::cli::audit) fn cells(cells: &[String]) -> String {
    let one = |text: &String| {
        let mut shown = plain(text).into_owned();
        if shown.trim_start().starts_with(['=', '+', '-', '@']) {
            shown.insert(0, '\'');
        }
        match shown.contains(['"', ',', ';', ' ', '\'']) {
            true => format!("\"{}\"", shown.replace('"', "\"\"")),
            false => shown,
        }
    };
    cells.iter().map(one).collect::<Vec<_>>().join(",")
}
