//! Writes the log: records are put behind each other, written in one go and synced once.
//! Knows nothing of calls beyond which are in flight, nor of who wants what written.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use aegis_core::audit::{Frontier, Id, Int, Kind, Leaf, Link, Record, Text, timestamp};
use aegis_core::limits;
use tokio::sync::{oneshot, watch};

use super::asked::Asked;
use super::ballast::Ballast;
use super::checkpoints::Checkpoints;
use super::disk::Disk;
use super::lock::Lock;
pub(super) use super::message::{Health, Message, NotWritten};
use super::pen::OnItsWay;
use super::refusals::Refusals;
use super::resume::Resume;
use super::segment::{Batch, Segment, is_full};
use super::wall::Wall;
use crate::clock::Clock;
use aegis_verify::Anchor;

/// Most records of one batch.
const BATCH_RECORDS_MAX: usize = 512;
/// A batch ends once it has this many bytes.
const BATCH_BYTES: usize = 1024 * 1024;
/// How old the head and the count of refused messages may become.
const TIDY: Duration = Duration::from_secs(1);

type Answer = (Option<Asked>, Result<Anchor, NotWritten>, OnItsWay);

/// The writer's state, held by whoever writes.
pub(super) struct Writer {
    pub(super) dir: PathBuf,
    pub(super) sync: bool,
    pub(super) segment_bytes_max: u64,
    pub(super) clock: Clock,
    pub(super) log: Id,
    pub(super) boot: Id,
    pub(super) next: u64,
    pub(super) prev: Leaf,
    pub(super) segment: Segment,
    /// The tree over all records, and over those before the present file.
    pub(super) tree: Frontier,
    pub(super) before: Frontier,
    /// Whether the last record is a `log.close` or a `segment.seal`.
    pub(super) closed: bool,
    pub(super) sealed: bool,
    pub(super) open: HashSet<Id>,
    pub(super) epochs: VecDeque<String>,
    /// Where the head is written.
    pub(super) heads: Vec<PathBuf>,
    /// Where the state that a start resumes from is written.
    pub(super) resume: Option<PathBuf>,
    pub(super) head_seq: Option<u64>,
    pub(super) tidied_ns: u64,
    /// When its thread looks again by itself, by the monotonic clock; `None` where something must wake it.
    pub(super) wakes_ns: Option<u64>,
    /// How long the newest write and its sync took.
    pub(super) wrote_in_ns: u64,
    pub(super) refusals: Arc<Refusals>,
    pub(super) health: watch::Sender<Health>,
    pub(super) batch: Batch,
    pub(super) wall: Wall,
    pub(super) ballast: Ballast,
    /// Since when the disk is known to be full, by the monotonic clock.
    pub(super) full: Option<u64>,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) checkpoints: Checkpoints,
    /// Held for life: it keeps a second kernel out.
    pub(super) lock: Lock,
}

impl Writer {
    /// Time left until the head or the counts are due; `None` where neither has anything new.
    pub(super) fn tidy_in(&self) -> Option<Duration> {
        let behind = self.next.checked_sub(1) != self.head_seq;
        if !self.is_writing() || !(behind || self.refusals.any() || self.full.is_some()) {
            return None;
        }
        let age = self.clock.mono_ns().saturating_sub(self.tidied_ns);
        Some(TIDY.saturating_sub(Duration::from_nanos(age)))
    }

    /// What is due though nobody asked for it.
    pub(super) fn upkeep(&mut self) {
        if self.tidy_in().is_some_and(|left| left.is_zero()) {
            self.tidy();
        }
        self.checkpoint();
        self.drain();
    }

    fn tidy(&mut self) {
        self.tidied_ns = self.clock.mono_ns();
        if let Err(error) = self.lock.intact() {
            self.poisoned_by("keeping the log", &error);
        }
        self.write_refusals();
        self.write_head();
    }

    /// Writes what waits. The answer to send last, where it was told to close.
    pub(super) fn batch(
        &mut self,
        first: Message,
        from: &Receiver<Message>,
    ) -> Option<oneshot::Sender<()>> {
        let mut answers = Vec::new();
        let (mut closing, mut resign, mut seen) = (None, None, None);
        self.roll();
        self.note_step();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Append {
                    record,
                    answer,
                    slot,
                    about,
                } => {
                    answers.push((answer, self.admit(record), about));
                    drop(slot);
                }
                Message::Refused | Message::Wake => {}
                Message::Checkpoint(done) => {
                    seen = Some(done);
                    break;
                }
                Message::Resign(done) => {
                    resign = Some(done);
                    break;
                }
                Message::Close(done) => {
                    closing = Some(done);
                    break;
                }
            }
            let full = answers.len() >= BATCH_RECORDS_MAX || self.batch.bytes.len() >= BATCH_BYTES;
            next = if full { None } else { from.try_recv().ok() };
        }
        self.flush();
        self.answer(answers);
        if let Some(done) = resign {
            let _ = done.send(self.resign());
        }
        if let Some(done) = seen {
            self.ask_checkpoint(Some(done));
        }
        closing
    }

    fn answer(&self, answers: Vec<Answer>) {
        let poisoned = !self.is_writing();
        let told = |(asked, written, about): Answer| {
            drop(about);
            Some((asked?, if poisoned { Err(NotWritten) } else { written }))
        };
        Asked::answer(answers.into_iter().filter_map(told).collect());
    }

    /// Takes one record into the batch, if it may stand in the log: each intent once, one end for each.
    pub(super) fn admit(&mut self, mut record: Box<Record<'static>>) -> Result<Anchor, NotWritten> {
        if !self.is_writing() || (self.full.is_some() && record.kind != Kind::Outcome) {
            return Err(NotWritten);
        }
        match (record.kind, record.call) {
            (Kind::Intent, Some(call)) => {
                if self.open.contains(&call) || self.open.len() >= limits::OPEN_CALLS_MAX {
                    return Err(NotWritten);
                }
                self.announce(&record)?;
                let written = self.put(&mut record)?;
                self.open.insert(call);
                Ok(written)
            }
            (Kind::Outcome, Some(call)) => {
                if !self.open.contains(&call) {
                    return Err(NotWritten);
                }
                let written = self.put(&mut record)?;
                self.open.remove(&call);
                Ok(written)
            }
            (Kind::PolicyLoad, _) => {
                self.remember(&record);
                self.put(&mut record)
            }
            _ => self.put(&mut record),
        }
    }

    /// An intent names rules that the log knows of.
    fn announce(&mut self, intent: &Record<'static>) -> Result<(), NotWritten> {
        let Some(epoch) = &intent.epoch else {
            return Err(NotWritten);
        };
        if self.epochs.iter().any(|known| known == epoch.as_str()) {
            return Ok(());
        }
        let mut load = Record::draft(Kind::PolicyLoad);
        load.epoch = Some(epoch.clone());
        self.remember(&load);
        self.put(&mut load).map(|_| ())
    }

    fn remember(&mut self, load: &Record<'static>) {
        if let Some(epoch) = &load.epoch {
            self.epochs.push_back(epoch.to_string());
        }
        if self.epochs.len() > limits::OPEN_EPOCHS_MAX {
            self.epochs.pop_front();
        }
    }

    /// Appends one record to the batch.
    pub(super) fn put(&mut self, record: &mut Record<'static>) -> Result<Anchor, NotWritten> {
        let link = Link {
            log: self.log,
            boot: self.boot,
            seq: self.next,
            prev: self.prev,
            ts: timestamp(self.clock.unix_ns()),
            mono_ns: self.clock.mono_ns(),
        };
        let start = self.batch.bytes.len();
        if let Err(fault) = record.encode(link, &mut self.batch.bytes) {
            crate::told::tell_once!(
                "aegis: a record `{}` cannot be written: {fault}",
                record.kind.as_str()
            );
            return Err(NotWritten);
        }
        let leaf = Leaf::of_line(self.batch.bytes.get(start..).unwrap_or_default());
        self.batch.bytes.push(b'\n');
        self.batch.leaves.push(leaf);
        self.tree.push(leaf);
        self.sealed = record.kind == Kind::SegmentSeal;
        self.closed = record.kind == Kind::LogClose || (self.sealed && self.closed);
        let written = Anchor {
            leaf,
            log: self.log,
            seq: self.next,
        };
        self.prev = leaf;
        self.next += 1;
        self.checkpoints.note(record.kind, self.next);
        Ok(written)
    }

    /// Writes the batch to disk. Never tried twice.
    pub(super) fn flush(&mut self) {
        if self.batch.bytes.is_empty() || !self.is_writing() {
            self.batch.clear();
            return;
        }
        let (ballast, full, now) = (&mut self.ballast, &mut self.full, self.clock.mono_ns());
        let mut relieve = || {
            full.get_or_insert(now);
            ballast.release()
        };
        // Before, so that nothing is appended to another's bytes: of a file whose name leads elsewhere by now nobody
        // reads them. And after, by its name, so that nobody is told that a record is in the log which by then was no
        // longer there. A kernel that takes the log over meanwhile reads what was written, or finds by the length
        // that it has not.
        let (segment, lock) = (&mut self.segment, &mut self.lock);
        let written = lock
            .held()
            .and_then(|()| segment.untouched())
            .and_then(|()| segment.append(&self.batch, self.sync, &mut relieve))
            .and_then(|()| segment.intact());
        self.batch.clear();
        self.wrote_in_ns = self.clock.mono_ns().saturating_sub(now);
        if let Err(error) = written {
            self.poisoned_by("writing the log", &error);
        }
    }

    /// Wall time that jumped is said before the records that bear it.
    pub(super) fn note_step(&mut self) {
        if !self.is_writing() || self.full.is_some() {
            return;
        }
        if let Some(step) = self.wall.step(&self.clock) {
            let mut record = Record::draft(Kind::ClockStep);
            record.clock = Some(step);
            let _ = self.put(&mut record);
        }
    }

    /// The calls in flight, in order.
    pub(super) fn in_flight(&self) -> Vec<Id> {
        let mut calls: Vec<Id> = self.open.iter().copied().collect();
        calls.sort_unstable();
        calls
    }

    pub(super) fn write_refusals(&mut self) {
        for (code, count) in self.refusals.take() {
            let mut record = Record::draft(Kind::Refused);
            record.cause = Some(Text::from(code));
            record.count = Some(Int::saturating(count));
            let _ = self.put(&mut record);
        }
        self.flush();
    }

    pub(super) fn write_head(&mut self) {
        let Some(seq) = self.next.checked_sub(1) else {
            return;
        };
        if !self.is_writing() || self.head_seq == Some(seq) {
            return;
        }
        let head = Anchor {
            leaf: self.prev,
            log: self.log,
            seq,
        };
        self.segment.catch_up();
        let mut heads = self.heads.iter();
        let mut written = heads.try_for_each(|path| head.write(path, self.sync));
        if let (Ok(()), Some(path)) = (&written, &self.resume) {
            written = self.state().write(path, self.sync);
        }
        match written {
            Ok(()) => self.head_seq = Some(seq),
            // An older head is weaker and not wrong; the disk's being full is what must be heard.
            Err(error) if is_full(&error) => {
                self.full.get_or_insert(self.clock.mono_ns());
                self.head_seq = Some(seq);
            }
            Err(error) => self.poisoned_by("writing the head of the log", &error),
        }
    }

    /// What the next start may resume from.
    fn state(&self) -> Resume {
        Resume {
            boot: self.boot,
            closed: self.closed,
            file: self.segment.first_seq(),
            leaf: self.prev,
            log: self.log,
            next: self.next,
            offset: self.segment.len(),
            open: self.in_flight(),
            peaks: self.before.peaks().to_vec(),
            root: self.tree.root(),
            sealed: self.sealed,
            sha256: self.segment.sha256(),
        }
    }

    /// Whether records are taken.
    pub(super) fn is_writing(&self) -> bool {
        *self.health.borrow() == Health::Writing
    }

    /// Whether it ended in order.
    pub(super) fn is_closed(&self) -> bool {
        *self.health.borrow() == Health::Closed
    }

    pub(super) fn poisoned_by(&mut self, what: &str, error: &io::Error) {
        crate::told::tell!("aegis: {what} failed: every call is refused from now on: {error}");
        self.batch.clear();
        self.health
            .send_replace(Health::Poisoned(format!("{what}: {error}")));
    }
}
