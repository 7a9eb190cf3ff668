//! One call with the records that prove it.
//! Knows nothing of forms.

use std::collections::HashMap;

use aegis_core::audit::{Id, Kind, Leaf, Record};
use aegis_core::policy::Severity;

use super::super::calls::{Joiner, Row};

/// A call, from its first record to its last.
#[derive(Clone, Debug, Default)]
pub(super) struct Event {
    pub(super) row: Row,
    pub(super) log: String,
    /// Hash of the record that the call begins with, in hex.
    pub(super) leaf: String,
    /// Number and hash of the record that it ends with.
    pub(super) end: Option<(u64, String)>,
    pub(super) server: String,
    pub(super) run: String,
    pub(super) proof: String,
    pub(super) epoch: String,
    pub(super) sent: String,
    /// Types that were masked and how often.
    pub(super) findings: Vec<(String, u64)>,
    pub(super) masked_columns: u64,
}

/// Joins records to calls; holds only those in flight.
#[derive(Default)]
pub(super) struct Events {
    joiner: Joiner,
    open: HashMap<Id, Event>,
}

impl Events {
    /// The call that a record completes; other records are no calls.
    pub(super) fn take(&mut self, record: &Record<'_>, line: &[u8]) -> Option<Event> {
        let row = self.joiner.take(record);
        match record.kind {
            Kind::Intent => {
                if let Some(call) = record.call {
                    self.open.insert(call, begun(record, line));
                }
                None
            }
            Kind::Decision => Some(Event {
                row: row?,
                ..begun(record, line)
            }),
            Kind::Outcome => {
                let mut event = record.call.and_then(|call| self.open.remove(&call))?;
                event.row = row?;
                event.end = Some((record.seq.get(), Leaf::of_line(line).to_string()));
                event.sent = record
                    .sent
                    .map(|sent| sent.as_str().to_owned())
                    .unwrap_or_default();
                event.masked_columns = record.masked_columns.map_or(0, aegis_core::audit::Int::get);
                for found in record.findings.as_deref().unwrap_or_default() {
                    let kind = found.kind.as_str();
                    match event.findings.iter_mut().find(|(name, _)| name == kind) {
                        Some((_, count)) => *count = count.saturating_add(found.count.get()),
                        None => event.findings.push((kind.to_owned(), found.count.get())),
                    }
                }
                Some(event)
            }
            _ => None,
        }
    }

    /// The calls that have no end yet, oldest first.
    pub(super) fn rest(mut self) -> Vec<Event> {
        let rows = self.joiner.rest();
        let with = |row: Row| {
            let call = Id::parse(row.call.as_deref()?)?;
            let event = self.open.remove(&call)?;
            Some(Event { row, ..event })
        };
        rows.into_iter().filter_map(with).collect()
    }
}

fn begun(record: &Record<'_>, line: &[u8]) -> Event {
    let who = record.who.as_ref();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Event {
        log: record.log.to_string(),
        leaf: Leaf::of_line(line).to_string(),
        server: text(record.server.as_ref().map(|server| server.as_str())),
        run: text(who.and_then(|who| who.run.as_ref()).map(|run| run.as_str())),
        proof: text(who.map(|who| who.proof.as_str())),
        epoch: text(record.epoch.as_ref().map(|epoch| epoch.as_str())),
        ..Event::default()
    }
}

impl Event {
    /// The moment it began, in nanoseconds since 1970 UTC; 0 where `ts` is before.
    pub(super) fn unix_ns(&self) -> u64 {
        let number = |from: usize, to: usize| -> u64 {
            let digits = self.row.ts.get(from..to).unwrap_or_default();
            digits.parse().unwrap_or_default()
        };
        let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
        if year < 1970 {
            return 0;
        }
        // Days since 1970, by years that begin in March.
        let (y, m) = if month > 2 {
            (year, month - 3)
        } else {
            (year - 1, month + 9)
        };
        let days = y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day;
        let days = days.saturating_sub(719_469);
        let seconds = ((days * 24 + number(11, 13)) * 60 + number(14, 16)) * 60 + number(17, 19);
        seconds
            .saturating_mul(1_000_000_000)
            .saturating_add(number(20, 29))
    }

    /// Whether the rules let it pass.
    pub(super) fn allowed(&self) -> bool {
        self.row.decision.as_deref() == Some("allow")
    }

    /// Whether anything in its answer was changed.
    pub(super) fn changed(&self) -> bool {
        self.masked_columns > 0 || !self.findings.is_empty()
    }

    /// The tool as it may be shown.
    pub(super) fn tool(&self) -> &str {
        self.row.tool.as_deref().unwrap_or("-")
    }

    /// How grave the gravest objection is, where a policy says so.
    pub(super) fn severity(&self) -> Option<Severity> {
        self.row.severity.as_deref().and_then(Severity::parse)
    }

    /// The deciding rule, if any objected.
    pub(super) fn rule(&self) -> Option<&str> {
        self.row.rules.first().map(String::as_str)
    }
}
