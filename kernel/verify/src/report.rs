//! What `verify` says: what holds, what does not, and what was not proven either way.
//! Knows nothing of how it was found out, nor of terminals.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use aegis_core::audit::{Believed, Class, Leaf, timestamp};
use serde_json::{Value, json};

use super::auditor::{Auditor, verify};
use super::check::Check;
use super::claims::Covered;
use super::files::LogFiles;
use super::head::{Anchor, HEAD};
use super::level::Level;

/// What is to be verified, and to what level.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What the auditor brings along.
    pub auditor: Auditor,
    /// The level that must be reached; without one `signed` where a key is given, else `chained`.
    pub require: Option<Level>,
    /// How many records at the end may lie beyond what reaches that level.
    pub tail: u64,
}

/// A verified log, in words.
pub struct Report {
    pub(crate) check: Check,
    /// The head in the folder; an error where it is there and no head.
    pub(crate) head: Result<Option<Anchor>, ()>,
    /// The newest record that a head or a receipt kept elsewhere vouches for.
    pub(crate) vouched: Option<u64>,
    pub(crate) given: usize,
    pub(crate) keys: usize,
    pub(crate) witnesses: usize,
    pub(crate) quorum: usize,
    /// Whether a kernel is writing, so that bytes without a newline are a record on its way.
    pub(crate) live: bool,
    pub(crate) required: Level,
    pub(crate) tail: u64,
}

impl Report {
    /// Verifies a folder.
    ///
    /// # Errors
    /// Where it cannot be read, or holds no log.
    pub fn of(dir: &Path, request: &Request) -> io::Result<Self> {
        // The head is read before the records: a kernel that writes meanwhile only makes the log longer.
        let head = match Anchor::read(&dir.join(HEAD)) {
            Ok(head) => Ok(head),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(()),
            Err(error) => return Err(error),
        };
        let auditor = &request.auditor;
        let given = &auditor.kept.heads;
        let known = !matches!(head, Ok(None))
            || !given.is_empty()
            || !auditor.kept.notes.is_empty()
            || auditor.resume.is_some();
        let files = LogFiles::list(dir)?;
        let left = !files.tiles.is_empty() || dir.join(super::CHECKPOINT).exists();
        if !known && !left && files.segments.is_empty() {
            let what = format!("there is no log in `{}`", dir.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, what));
        }
        let check = verify(dir, auditor, head.ok().flatten())?;
        let live = !check.torn.is_empty() && is_locked(dir);
        let default = if auditor.keys.is_empty() {
            Level::Chained
        } else {
            Level::Signed
        };
        Ok(Self {
            check,
            head,
            vouched: given.iter().map(|anchor| anchor.seq).max(),
            given: given.len(),
            keys: auditor.keys.len(),
            witnesses: auditor.witnesses.len(),
            quorum: auditor.quorum,
            live,
            required: request.require.unwrap_or(default),
            tail: request.tail,
        })
    }

    pub(crate) fn records(&self) -> u64 {
        self.check.verifier.next_seq()
    }

    /// How many records the newest thing kept elsewhere covers.
    pub(crate) fn anchored(&self) -> u64 {
        let notes = size(self.check.found.anchored.as_ref());
        let heads = self.vouched.map_or(0, |seq| seq.saturating_add(1));
        notes.max(heads)
    }

    /// Whether so many records are all but the tail that is allowed.
    fn covers(&self, size: u64) -> bool {
        size > 0 && self.records().saturating_sub(size) <= self.tail
    }

    /// What was reached; `None` where the log does not hold.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        if self.check.broken.is_some() || self.head.is_err() {
            return None;
        }
        let found = &self.check.found;
        if !self.covers(size(found.signed.as_ref())) {
            return Some(Level::Chained);
        }
        if !self.covers(self.anchored()) {
            return Some(Level::Signed);
        }
        if !self.covers(size(found.witnessed.as_ref())) {
            return Some(Level::Anchored);
        }
        Some(Level::Witnessed)
    }

    fn torn(&self) -> bool {
        !self.check.torn.is_empty() && !self.live
    }

    /// The exit code: 0 it holds to the required level, 1 it does not hold, 3 it holds below that level, 4 a torn tail.
    #[must_use]
    pub fn exit(&self) -> u8 {
        match self.level() {
            None => 1,
            Some(_) if self.torn() => 4,
            Some(level) if level < self.required => 3,
            Some(_) => 0,
        }
    }

    pub(crate) fn verdict(&self) -> &'static str {
        match self.exit() {
            0 => "VERIFIED",
            1 => "BROKEN",
            3 => "BELOW THE REQUIRED LEVEL",
            _ => "TORN TAIL",
        }
    }

    /// What an honest reader must not believe on the strength of this.
    #[must_use]
    pub fn not_proven(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        self.doubt_signatures(&mut doubts);
        self.doubt_anchors(&mut doubts);
        self.doubt_folder(&mut doubts);
        let tally = self.check.verifier.tally();
        if tally.boots_unsynced > 0 {
            doubts.push(format!(
                "{} of {} starts did not sync: a power cut may have lost what was acted on",
                tally.boots_unsynced, tally.boots
            ));
        }
        if tally.clock_back > 0 {
            doubts.push(format!(
                "wall time went backwards {} times: the order is by number, times are the machine's word",
                tally.clock_back
            ));
        }
        doubts.push(
            "that every call was recorded: a kernel that never wrote a record leaves none, and which binary wrote is not attested"
                .to_owned(),
        );
        doubts
    }

    fn doubt_signatures(&self, doubts: &mut Vec<String>) {
        let whose =
            "whoever can write this folder could have written all of it anew, head included";
        let found = &self.check.found;
        match &found.signed {
            None if self.keys == 0 && found.checkpoints > 0 => doubts.push(format!(
                "no key was given: who signed the {} checkpoints is not known, and a key beside the log proves nothing; {whose}",
                found.checkpoints
            )),
            None if self.anchored() == 0 => {
                doubts.push(format!("no signature and no receipt from outside: {whose}"));
            }
            None => doubts.push("no signature: the receipts given are believed as they are".into()),
            Some(signed) if signed.size < self.records() => doubts.push(format!(
                "no signature covers the {} records after {} ({} of them): {whose}",
                self.records() - signed.size,
                signed.size.saturating_sub(1),
                age(&signed.ts, self.check.verifier.times().1)
            )),
            Some(_) => {}
        }
        if found.signed.is_some() && found.unknown > 0 {
            doubts.push(format!(
                "{} of {} checkpoints bear no signature of a key that was given",
                found.unknown, found.checkpoints
            ));
        }
        if found
            .epoch
            .as_ref()
            .is_some_and(|epoch| epoch.believed == Believed::Before)
        {
            doubts.push("the signing key is certified by the key before it and by no root: whoever stole that one could have made it".into());
        }
    }

    fn doubt_anchors(&self, doubts: &mut Vec<String>) {
        let (anchored, records) = (self.anchored(), self.records());
        if self.check.found.signed.is_some() && anchored < records {
            let since = match anchored {
                0 => "none of it".to_owned(),
                covered => format!("nothing after record {}", covered - 1),
            };
            doubts.push(format!(
                "{since} is anchored elsewhere: whoever holds the signing key, or put an older copy back, could have replaced it"
            ));
        } else if self.check.found.signed.is_none() && anchored > 0 && anchored < records {
            doubts.push(format!(
                "no receipt from outside covers the records after {}: whoever can write this folder could have written all of it anew, head included",
                anchored - 1
            ));
        }
        if self.witnesses > 0 && self.check.found.witnessed.is_none() {
            doubts.push(format!(
                "fewer than {} of the {} witnesses given have signed a checkpoint of this log",
                self.quorum, self.witnesses
            ));
        }
    }

    fn doubt_folder(&self, doubts: &mut Vec<String>) {
        let last = self.records().saturating_sub(1);
        match &self.head {
            Ok(None) => doubts.push(format!(
                "the folder holds no head: a missing end, or another last record {last}, would not be noticed"
            )),
            Ok(Some(head)) if head.seq < last => doubts.push(format!(
                "{} records are newer than the head ({}): their loss, or another last record, would not be noticed",
                last - head.seq,
                head.seq
            )),
            _ => {}
        }
        if !self.check.verifier.is_closed() {
            doubts.push("the log is not closed: its kernel runs, or was cut off".to_owned());
        }
        if self.check.first > 0 {
            let first = self.check.first;
            doubts.push(match self.check.pruned {
                true => format!("what the {first} pruned records said: their leaves alone are left"),
                false => format!("what the first {first} records say: they were taken from tiles, as verified earlier"),
            });
        }
        let shreds = self.check.verifier.tally().shreds;
        if shreds > 0 {
            doubts.push(format!(
                "what stood behind the commitments of {shreds} destroyed keys: no value under them can be opened, and that no copy of a key is left is the operator's word"
            ));
        }
        let removed = self.check.verifier.removed().count();
        if removed > 0 {
            doubts.push(format!(
                "what {removed} removed records said, and whether the calls that they belong to were paired"
            ));
            if self.check.found.signed.is_none() {
                doubts.push("the records right before removed ones: only a signed or anchored root binds them".into());
            }
        }
        if self.check.found.history_torn {
            doubts.push(
                "the history of checkpoints ends in half a note, as a crash leaves it".into(),
            );
        }
        if self.check.found.history_behind {
            doubts.push(
                "the newest checkpoint is not in the history: its end was taken away, or the two were copied apart".into(),
            );
        }
        if self.check.found.history_missing {
            doubts.push(
                "the history of checkpoints is missing: earlier ones cannot be compared".into(),
            );
        }
    }

    /// The whole report as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let verifier = &self.check.verifier;
        let (first, last) = verifier.times();
        let broken = self.check.broken.as_ref().map(|broken| {
            json!({
                "class": broken.violation.class.as_str(),
                "seq": broken.violation.seq,
                "file": broken.file,
                "offset": broken.offset,
                "detail": broken.violation.detail,
            })
        });
        let mut report = json!({
            "result": self.verdict(),
            "exit": self.exit(),
            "level": self.level().map(Level::as_str),
            "required": self.required.as_str(),
            "log": verifier.log().map(|log| log.to_string()),
            "files": self.check.files,
            "bytes": self.check.bytes,
            "records": verifier.next_seq(),
            "first": first,
            "last": last,
            "leaf": verifier.last_leaf(),
            "root": (self.exit() != 1).then(|| verifier.root()),
            "closed": verifier.is_closed(),
            "head": match &self.head {
                Ok(head) => json!(head),
                Err(()) => json!("unreadable"),
            },
            "receipts": { "given": self.given, "newest": self.vouched },
            "good": { "records": verifier.next_seq(), "file": self.check.good.0, "bytes": self.check.good.1 },
            "broken": broken,
            "torn": self.check.torn,
            "torn_declared": self.check.torn_declared,
            "being_written": self.live,
        });
        if let (Value::Object(report), Value::Object(more)) =
            (&mut report, self.counts_and_covers())
        {
            report.extend(more);
        }
        report
    }

    /// What was counted, and how far each kind of proof reaches.
    fn counts_and_covers(&self) -> Value {
        let verifier = &self.check.verifier;
        let tally = verifier.tally();
        let found = &self.check.found;
        let covered = |covered: Option<&Covered>| {
            covered.map(|c| json!({ "size": c.size, "root": c.root, "ts": c.ts }))
        };
        json!({
            "calls": {
                "intents": tally.intents, "ok": tally.ok, "tool_errors": tally.tool_errors,
                "denied_after": tally.denied_after, "withheld": tally.withheld, "failed": tally.failed,
                "unknown": tally.unknown, "in_flight": verifier.open_calls().len(),
                "denied": tally.denials, "undecided": tally.failures,
            },
            "events": {
                "starts": tally.boots, "recoveries": tally.recoveries, "listings": tally.listings,
                "refused": tally.refused, "errands": tally.errands, "receipts": tally.receipts,
                "clock_steps": tally.clock_steps, "shreds": tally.shreds, "redactions": tally.redactions,
                "prunes": tally.prunes,
            },
            "origin": found.origin,
            "checkpoints": { "seen": found.checkpoints, "unknown_keys": found.unknown },
            "signed": covered(found.signed.as_ref()),
            "signed_by": found.epoch.as_ref().map(|epoch| json!({
                "key": epoch.key.to_string(), "epoch": epoch.number, "believed": believed(epoch.believed),
            })),
            "unsigned": self.records().saturating_sub(size(found.signed.as_ref())),
            "anchored": self.anchored(),
            "anchors": found.outside,
            "witnessed": covered(found.witnessed.as_ref()),
            "witnessed_at": found.witnessed_s.map(moment),
            "removed": verifier.removed().count(),
            "begins": self.check.first,
            "pruned": self.check.pruned,
            "tiles": { "leaves": self.check.tiles, "files_behind": self.check.tiles_behind },
            "equivocation": found.equivocation.as_ref().map(|pair| json!([pair.one.to_string(), pair.other.to_string()])),
            "not_proven": self.not_proven(),
        })
    }

    /// The class of what is wrong.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.check
            .broken
            .as_ref()
            .map(|broken| broken.violation.class)
    }

    /// The root of what was read.
    #[must_use]
    pub fn root(&self) -> Leaf {
        self.check.verifier.root()
    }
}

pub(crate) fn size(covered: Option<&Covered>) -> u64 {
    covered.map_or(0, |covered| covered.size)
}

pub(crate) fn believed(believed: Believed) -> &'static str {
    match believed {
        Believed::Given => "given by you",
        Believed::Root => "certified by the root given by you",
        Believed::Before => "certified by the key before it",
    }
}

/// A time of a witness, in words.
pub(crate) fn moment(second: u64) -> String {
    timestamp(second.saturating_mul(1_000_000_000))
}

/// From one time of the log to another, in words.
pub(crate) fn age(from: &str, to: &str) -> String {
    match (from.get(..19), to.get(..19)) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => "at unknown times".to_owned(),
    }
}

/// Whether a kernel holds the log at this moment.
fn is_locked(dir: &Path) -> bool {
    let held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    super::open_regular(&dir.join("LOCK")).is_ok_and(|file| file.is_some_and(held))
}
