//! Goes through a log that was verified, decision by decision.
//! Knows nothing of how the answer is shown.

use std::path::Path;

use aegis_core::audit::{Id, Kind, Leaf, Record};
use aegis_core::policy::Declared;
use aegis_core::replay::{self, Captured, Case, Confirmed, Contradiction};

use super::Trouble;
use super::books::Books;
use super::report::Report;
use super::values::{Value, Values};
use crate::cli::audit::sound;
use crate::journal::{Line, Lines, LogFiles};

/// Verifies the log and replays it.
pub(super) fn walk(
    dir: &Path,
    other: Option<Vec<Declared>>,
    values: Option<Values>,
    report: &mut Report,
) -> Result<(), Trouble> {
    let check = sound(dir)?.map_err(Trouble::Broken)?;
    let records = check.verifier.next_seq();
    report.verified(check.verifier.log().map(|log| log.to_string()), records);
    let mut books = Books::new(dir, other);
    let mut values = values.zip(check.verifier.log());
    // Of a log that begins later, what its first start had loaded may be in a file that was removed.
    let mut cut_off = check.pruned;
    let mut last = None;
    let mut scratch = Vec::new();
    for file in &LogFiles::list(dir)?.segments {
        let mut lines = Lines::open(&file.path, 0)?;
        while let Some(Line::Whole(line)) = lines.advance()? {
            let leaf = Leaf::of_line(line);
            let Ok(record) = Record::parse(line, &mut scratch) else {
                report.removed(); // what was verified and is no record is a tombstone
                last = None;
                continue;
            };
            if record.seq.get() >= records {
                break; // written since
            }
            if last.is_some_and(|last| last != record.prev) {
                return Err(Trouble::Broken(
                    "it changed while it was replayed".to_owned(),
                ));
            }
            last = Some(leaf);
            if let (Some(start), Some((values, _))) = (&record.start, &mut values) {
                values.begin(start);
            }
            cut_off &= record.kind != Kind::LogOpen;
            one(&record, &mut books, values.as_mut(), cut_off, report)?;
        }
    }
    if last.is_some() && last != check.verifier.last_leaf() {
        return Err(Trouble::Broken(
            "it changed while it was replayed".to_owned(),
        ));
    }
    report.epochs = books.count();
    Ok(())
}

fn one(
    record: &Record<'_>,
    books: &mut Books,
    values: Option<&mut (Values, Id)>,
    cut_off: bool,
    report: &mut Report,
) -> Result<(), Trouble> {
    match record.kind {
        Kind::PolicyLoad => return books.load(record),
        Kind::Intent | Kind::Decision => {}
        _ => return Ok(()),
    }
    let catalog = match record.catalog.map(|named| books.catalog(named)) {
        None => None,
        Some(Ok(catalog)) => Some(catalog),
        Some(Err(why)) => {
            let detail = format!("the catalogue that it names: {why}");
            report.confirmed(record, contradicted("UNRESOLVED", detail));
            return Ok(());
        }
    };
    let blind = Case {
        record,
        catalog: catalog.as_deref(),
        values: None,
    };
    // A call that was refused since it could not be captured may have left half a capture.
    let values = values.filter(|_| blind.outside().is_none());
    let captured = match captured(record, values, report)? {
        Ok(captured) => captured,
        Err(detail) => {
            report.confirmed(record, contradicted("CAPTURE", detail.to_owned()));
            return Ok(());
        }
    };
    let case = Case {
        values: captured.as_deref(),
        ..blind
    };
    let named = record.epoch.as_ref();
    let outside = |why: &str| Confirmed::Outside(why.to_owned());
    let epoch = match named.map(|name| books.epoch(name)) {
        Some(Ok(epoch)) => epoch,
        unknown => {
            let found = match unknown {
                // A call that ended before anything judged it names no rules.
                None => outside("the call ended before it was decided"),
                Some(_) if cut_off => outside("the record that loaded its rules was pruned"),
                Some(found) => {
                    let why = found.err().unwrap_or_default();
                    contradicted("UNRESOLVED", format!("the rules that it names: {why}"))
                }
            };
            report.confirmed(record, found);
            return Ok(());
        }
    };
    let then = epoch.then();
    report.confirmed(record, replay::confirm(&case, &then));
    if let Some(other) = epoch.other() {
        report.changed(record, replay::change(&case, &then, &other));
    }
    Ok(())
}

/// The values of a decision where they are to be had, or what is wrong with what is kept for it. What interceptors
/// refused has no facts: no rule was asked, and nothing is kept.
fn captured(
    record: &Record<'_>,
    values: Option<&mut (Values, Id)>,
    report: &mut Report,
) -> Result<Result<Option<Box<Captured>>, &'static str>, Trouble> {
    let Some((values, log)) = values.filter(|_| record.facts.is_some()) else {
        return Ok(Ok(None));
    };
    Ok(match values.of(*log, record)? {
        Value::Shown(values) => {
            report.captured("used");
            Ok(Some(values))
        }
        Value::Lacking(why) => {
            report.captured(why);
            Ok(None)
        }
        Value::Broken(detail) => Err(detail),
    })
}

fn contradicted(class: &'static str, detail: String) -> Confirmed {
    Confirmed::Contradicted(Contradiction { class, detail })
}
