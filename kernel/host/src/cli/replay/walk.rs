//! Goes through a log that was verified, decision by decision.
//! Knows nothing of how the answer is shown.

use std::path::Path;

use aegis_core::audit::{Kind, Leaf, Record};
use aegis_core::policy::Declared;
use aegis_core::replay::{self, Case, Confirmed, Contradiction};

use super::Trouble;
use super::books::Books;
use super::report::Report;
use crate::cli::audit::sound;
use crate::journal::{Line, Lines, LogFiles};

/// Verifies the log and replays it.
pub(super) fn walk(
    dir: &Path,
    other: Option<Vec<Declared>>,
    report: &mut Report,
) -> Result<(), Trouble> {
    let check = sound(dir)?.map_err(Trouble::Broken)?;
    let records = check.verifier.next_seq();
    report.verified(check.verifier.log().map(|log| log.to_string()), records);
    let mut books = Books::new(dir, other);
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
            cut_off &= record.kind != Kind::LogOpen;
            one(&record, &mut books, cut_off, report)?;
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
            let contradiction = Contradiction {
                class: "UNRESOLVED",
                detail: format!("the catalogue that it names: {why}"),
            };
            report.confirmed(record, Confirmed::Contradicted(contradiction));
            return Ok(());
        }
    };
    let case = Case {
        record,
        catalog: catalog.as_deref(),
        values: None,
    };
    let named = record.epoch.as_ref();
    let epoch = match named.map(|name| books.epoch(name)) {
        Some(Ok(epoch)) => epoch,
        // A call that ended before anything judged it names no rules.
        None => {
            let why = "the call ended before it was decided".to_owned();
            report.confirmed(record, Confirmed::Outside(why));
            return Ok(());
        }
        Some(Err(_)) if cut_off => {
            let why = "the record that loaded its rules was pruned".to_owned();
            report.confirmed(record, Confirmed::Outside(why));
            return Ok(());
        }
        Some(Err(why)) => {
            let contradiction = Contradiction {
                class: "UNRESOLVED",
                detail: format!("the rules that it names: {why}"),
            };
            report.confirmed(record, Confirmed::Contradicted(contradiction));
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
