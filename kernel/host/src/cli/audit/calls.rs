//! One row for each call and each event: intent and outcome joined.
//! Knows nothing of filters.

use std::collections::HashMap;

use aegis_core::audit::{Decision, Id, Int, Kind, Record, RuleLine, Status};
use aegis_core::policy::Severity;
use serde::Serialize;

use super::paint::{Paint, Screen, cell, cut};

/// What a reviewer sees of a call or an event in one line.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Row {
    /// The record that the row begins with.
    pub(super) seq: u64,
    pub(super) ts: String,
    /// `call`, or the kind of record.
    pub(super) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) call: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) principal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool: Option<String>,
    /// What it could do at most: `read`, `write` or `destructive`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) effect: Option<String>,
    /// The labels of what it reads or asks about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) labels: Vec<String>,
    /// The deciding rule first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rules: Vec<String>,
    /// How grave the gravest of them is, where a policy says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<String>,
    /// Rules that are only watched and would have spoken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) shadows: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dur_us: Option<u64>,
    /// What else there is to say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) note: String,
}

/// Joins records to rows; holds only the calls in flight.
#[derive(Default)]
pub(super) struct Joiner {
    open: HashMap<Id, Row>,
}

impl Joiner {
    /// The row that a record completes.
    pub(super) fn take(&mut self, record: &Record<'_>) -> Option<Row> {
        match record.kind {
            Kind::Intent => {
                let row = row(record);
                if let Some(call) = record.call {
                    self.open.insert(call, row);
                }
                None
            }
            Kind::Outcome => {
                let begun = record.call.and_then(|call| self.open.remove(&call));
                Some(end(begun.unwrap_or_else(|| row(record)), record))
            }
            _ => Some(row(record)),
        }
    }

    /// The calls that have no end yet, oldest first.
    pub(super) fn rest(self) -> Vec<Row> {
        let mut rows: Vec<Row> = self.open.into_values().collect();
        rows.sort_by_key(|row| row.seq);
        for row in &mut rows {
            row.status = Some("in-flight".to_owned());
        }
        rows
    }
}

fn row(record: &Record<'_>) -> Row {
    let is_call = matches!(record.kind, Kind::Intent | Kind::Decision | Kind::Outcome);
    let tool = match (&record.tool, &record.tool_commit) {
        (Some(tool), _) => Some(tool.to_string()),
        (None, Some(_)) => Some("(a name that may not be quoted)".to_owned()),
        (None, None) => None,
    };
    Row {
        seq: record.seq.get(),
        ts: record.ts.to_string(),
        kind: if is_call {
            "call"
        } else {
            record.kind.as_str()
        }
        .to_owned(),
        call: record.call.map(|call| call.to_string()),
        decision: record.decision.map(|decision| decision.as_str().to_owned()),
        status: None,
        principal: record.who.as_ref().map(|who| who.principal.to_string()),
        tool,
        effect: effect(record),
        labels: labels(record),
        rules: rules(record),
        severity: gravest(record.rules.as_deref(), None),
        shadows: shadows(record),
        dur_us: record.dur_us.map(Int::get),
        note: note(record),
    }
}

fn end(mut row: Row, outcome: &Record<'_>) -> Row {
    row.status = outcome.status.map(|status| status.as_str().to_owned());
    row.dur_us = outcome.dur_us.map(Int::get);
    row.rules.extend(rules(outcome));
    row.severity = gravest(outcome.rules.as_deref(), row.severity.as_deref());
    row.note = note(outcome);
    row
}

fn rules(record: &Record<'_>) -> Vec<String> {
    let rules = record.rules.as_deref().unwrap_or_default();
    rules.iter().map(|rule| rule.rule.to_string()).collect()
}

/// The gravest of what rules and what was known say; a word that is none says nothing.
fn gravest(rules: Option<&[RuleLine<'_>]>, known: Option<&str>) -> Option<String> {
    let said = rules.unwrap_or_default().iter();
    let said = said.filter_map(|rule| rule.severity.as_deref());
    let all = said.chain(known).filter_map(Severity::parse);
    all.max().map(|severity| severity.as_str().to_owned())
}

fn shadows(record: &Record<'_>) -> Vec<String> {
    let said = record.basis.iter().flat_map(|basis| &basis.shadow);
    said.map(|line| line.rule.to_string()).collect()
}

/// What the capabilities amount to; `None` where they are not recorded.
fn effect(record: &Record<'_>) -> Option<String> {
    let verbs = || {
        let words = record.capabilities.as_deref().unwrap_or_default();
        words
            .iter()
            .filter_map(|word| Some(word.split_once(':')?.1))
    };
    let is = |known: &[&str]| verbs().any(|verb| known.contains(&verb));
    record.capabilities.as_ref()?;
    let word = if is(&[
        "drop",
        "truncate",
        "alter",
        "delete",
        "delete-unscoped",
        "update-unscoped",
    ]) {
        "destructive"
    } else if verbs().all(|verb| ["read", "list", "filter", "validate"].contains(&verb)) {
        "read"
    } else {
        "write"
    };
    Some(word.to_owned())
}

/// Labels of outputs and of what conditions or copies touch, each once.
fn labels(record: &Record<'_>) -> Vec<String> {
    let outputs = record.basis.iter().flat_map(|basis| &basis.outputs);
    let facts = record.facts.as_deref().unwrap_or_default().iter();
    let touched = facts
        .filter(|fact| {
            matches!(
                fact.kind.as_str(),
                "filters" | "looks-up" | "constrains" | "launders"
            )
        })
        .filter_map(|fact| fact.subject.as_ref());
    let mut labels: Vec<String> = outputs
        .flat_map(|output| &output.labels)
        .chain(touched)
        .map(|label| label.as_str().to_owned())
        .collect();
    labels.sort();
    labels.dedup();
    labels
}

fn note(record: &Record<'_>) -> String {
    let mut words = Vec::new();
    if let Some(cause) = &record.cause {
        words.push(cause.to_string());
    }
    if let Some(masked) = record.masked_columns.filter(|masked| masked.get() > 0) {
        words.push(format!("{} columns masked", masked.get()));
    }
    let found = record.findings.as_deref().unwrap_or_default();
    words.extend(found.iter().map(|found| {
        let place = found.pointer.as_ref().filter(|place| !place.is_empty());
        let place = place.map_or(String::new(), |place| format!(" {}", place.as_str()));
        let source = found.source.as_ref();
        let source = source.map_or(String::new(), |source| format!(" ({})", source.as_str()));
        format!(
            "{}×{}{place}{source}",
            found.kind.as_str(),
            found.count.get()
        )
    }));
    if let Some(count) = record.count {
        words.push(format!("×{}", count.get()));
    }
    for text in [&record.errand, &record.server] {
        if let (Some(text), Kind::Errand) = (text, record.kind) {
            words.push(text.to_string());
        }
    }
    if let Some(receipt) = &record.receipt {
        words.push(format!(
            "{} {}",
            receipt.kind.as_str(),
            receipt.dataset.as_str()
        ));
    }
    words.join(" ")
}

/// The widths of columns. A narrow screen shows no day and not how long it took.
struct Columns {
    seq: usize,
    /// Where the time begins in a timestamp, and how long it is.
    time: (usize, usize),
    principal: usize,
    tool: usize,
    took: usize,
}

const WIDE: Columns = Columns {
    seq: 7,
    time: (0, 23),
    principal: 16,
    tool: 28,
    took: 9,
};

const NARROW: Columns = Columns {
    seq: 5,
    time: (11, 8),
    principal: 13,
    tool: 18,
    took: 0,
};

/// The longest word for an end.
const VERDICT: usize = 10;

impl Columns {
    fn of(screen: Screen) -> Self {
        match screen.width.is_some_and(|width| width < 130) {
            true => NARROW,
            false => WIDE,
        }
    }

    /// A row, cut where the screen ends; `verdict` may hold colours and is padded already.
    fn row(&self, screen: Screen, verdict: &str, texts: [&str; 6]) -> String {
        let [seq, time, principal, tool, took, why] = texts;
        let took = match self.took {
            0 => String::new(),
            wide => format!("{took:>wide$} "),
        };
        let widths = [self.seq, self.time.1, VERDICT, self.principal, self.tool];
        let before = widths.iter().sum::<usize>() + widths.len() + took.len();
        let room = screen
            .width
            .map_or(usize::MAX, |width| width.saturating_sub(before));
        let line = format!(
            "{} {} {verdict} {} {} {took}{}",
            screen.paint.dim(&format!("{seq:>0$}", self.seq)),
            cell(time, self.time.1),
            cell(principal, self.principal),
            cell(tool, self.tool),
            cut(why, room),
        );
        line.trim_end().to_owned()
    }
}

/// What stands above rows on a screen.
pub(super) fn head(screen: Screen) -> String {
    let titles = ["#", "time", "principal", "tool", "took", "why"];
    let plain = Screen {
        paint: Paint::new(false),
        ..screen
    };
    let line = Columns::of(screen).row(plain, &cell("verdict", VERDICT), titles);
    screen.paint.dim(&line)
}

impl Row {
    /// The row as one line of a table, cut where the screen ends.
    pub(super) fn line(&self, screen: Screen) -> String {
        let columns = Columns::of(screen);
        let (from, len) = columns.time;
        let time = self.ts.get(from..from + len).unwrap_or(&self.ts);
        let (verdict, colour): (&str, fn(Paint, &str) -> String) = self.verdict();
        let why = match (self.rules.first(), self.note.as_str()) {
            (Some(rule), "") => rule.clone(),
            (Some(rule), note) => format!("{rule}: {note}"),
            (None, note) => note.to_owned(),
        };
        let texts = [
            &self.seq.to_string(),
            &time.replace('T', " "),
            self.principal.as_deref().unwrap_or("-"),
            self.tool.as_deref().unwrap_or(&self.kind),
            &self.dur_us.map_or_else(String::new, millis),
            &why,
        ];
        columns.row(
            screen,
            &colour(screen.paint, &cell(verdict, VERDICT)),
            texts,
        )
    }

    fn verdict(&self) -> (&str, fn(Paint, &str) -> String) {
        let denied = Decision::Deny.as_str();
        match (self.decision.as_deref(), self.status.as_deref()) {
            (Some(decision), _) if decision == denied => ("DENY", Paint::bad),
            (Some(_), None) => ("FAIL", Paint::doubt),
            (_, Some(status)) if status == Status::Ok.as_str() => ("ok", Paint::good),
            (_, Some(status)) => (status, Paint::doubt),
            (None, None) => ("", Paint::dim),
        }
    }
}

/// Microseconds as milliseconds.
pub(super) fn millis(us: u64) -> String {
    format!("{}.{}ms", us / 1_000, us % 1_000 / 100)
}
