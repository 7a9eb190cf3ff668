//! The one thread that writes the log: what waits is written in one go, synced once, then answered.
//! Knows nothing of calls beyond which are in flight.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use aegis_core::audit::{Id, Int, Kind, Leaf, Link, Record, SentWord, Status, Text, timestamp};
use aegis_core::limits;
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

use super::refusals::Refusals;
use super::segment::Segment;
use crate::clock::Clock;
use aegis_verify::Anchor;

/// Most records of one batch.
const BATCH_RECORDS_MAX: usize = 512;
/// A batch ends once it has this many bytes.
const BATCH_BYTES: usize = 1024 * 1024;
/// How old the head and the count of refused messages may become.
const TIDY: Duration = Duration::from_secs(1);

/// The log takes no more records, or not this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotWritten;

/// How the writer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// It writes.
    Writing,
    /// It ended in order.
    Closed,
    /// Something failed, and nothing is written any more.
    Poisoned(String),
}

/// What the thread is told.
pub(super) enum Message {
    /// Append a record; the slot is free again once it was handled.
    Append {
        record: Box<Record<'static>>,
        answer: Option<oneshot::Sender<Result<Anchor, NotWritten>>>,
        slot: Option<OwnedSemaphorePermit>,
    },
    /// A refused message was counted.
    Refused,
    /// Close in order.
    Close(oneshot::Sender<()>),
}

type Answer = (
    Option<oneshot::Sender<Result<Anchor, NotWritten>>>,
    Result<Anchor, NotWritten>,
);

/// The writer's state, owned by its thread.
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
    pub(super) open: HashSet<Id>,
    pub(super) epochs: VecDeque<String>,
    /// Where the head is written.
    pub(super) heads: Vec<PathBuf>,
    pub(super) head_seq: Option<u64>,
    pub(super) tidied_ns: u64,
    pub(super) refusals: Arc<Refusals>,
    pub(super) health: watch::Sender<Health>,
    pub(super) buffer: Vec<u8>,
    /// Held for life: its lock keeps a second kernel out.
    pub(super) lock: std::fs::File,
}

impl Writer {
    /// Runs until the log is closed or every handle is gone.
    pub(super) fn run(mut self, from: &Receiver<Message>) {
        let mut done = None;
        let mut going = true;
        while going {
            match self.wait(from) {
                Ok(message) => {
                    let closing = self.batch(message, from);
                    going = closing.is_none();
                    done = closing;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => going = false,
            }
            if going && self.tidy_in().is_some_and(|left| left.is_zero()) {
                self.tidy();
            }
        }
        self.close();
        drop(self.lock);
        if let Some(done) = done {
            let _ = done.send(());
        }
    }

    fn wait(&self, from: &Receiver<Message>) -> Result<Message, RecvTimeoutError> {
        match self.tidy_in() {
            Some(left) => from.recv_timeout(left),
            None => from.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Time left until the head or the counts are due; `None` where neither has anything new.
    fn tidy_in(&self) -> Option<Duration> {
        let behind = self.next.checked_sub(1) != self.head_seq;
        if self.is_poisoned() || !(behind || self.refusals.any()) {
            return None;
        }
        let age = self.clock.mono_ns().saturating_sub(self.tidied_ns);
        Some(TIDY.saturating_sub(Duration::from_nanos(age)))
    }

    fn tidy(&mut self) {
        self.tidied_ns = self.clock.mono_ns();
        self.write_refusals();
        self.write_head();
    }

    /// Writes what waits. The answer to send last, where it was told to close.
    fn batch(&mut self, first: Message, from: &Receiver<Message>) -> Option<oneshot::Sender<()>> {
        let mut answers = Vec::new();
        let mut closing = None;
        self.roll();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Append {
                    record,
                    answer,
                    slot,
                } => {
                    answers.push((answer, self.admit(*record)));
                    drop(slot);
                }
                Message::Refused => {}
                Message::Close(done) => {
                    closing = Some(done);
                    break;
                }
            }
            let full = answers.len() >= BATCH_RECORDS_MAX || self.buffer.len() >= BATCH_BYTES;
            next = if full { None } else { from.try_recv().ok() };
        }
        self.flush();
        self.answer(answers);
        closing
    }

    fn answer(&self, answers: Vec<Answer>) {
        let poisoned = self.is_poisoned();
        for (to, written) in answers {
            if let Some(to) = to {
                // Whoever asked may be gone; the record stands all the same.
                let _ = to.send(if poisoned { Err(NotWritten) } else { written });
            }
        }
    }

    /// Takes one record into the batch, if it may stand in the log: each intent once, one end for each.
    fn admit(&mut self, mut record: Record<'static>) -> Result<Anchor, NotWritten> {
        if self.is_poisoned() {
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
        let start = self.buffer.len();
        if let Err(fault) = record.encode(link, &mut self.buffer) {
            tracing::error!(kind = record.kind.as_str(), %fault, "a record cannot be written");
            return Err(NotWritten);
        }
        let leaf = Leaf::of_line(self.buffer.get(start..).unwrap_or_default());
        self.buffer.push(b'\n');
        let written = Anchor {
            leaf,
            log: self.log,
            seq: self.next,
        };
        self.prev = leaf;
        self.next += 1;
        Ok(written)
    }

    /// Writes the batch to disk. Never tried twice.
    pub(super) fn flush(&mut self) {
        if self.buffer.is_empty() || self.is_poisoned() {
            self.buffer.clear();
            return;
        }
        let written = self
            .segment
            .intact()
            .and_then(|()| self.segment.append(&self.buffer, self.sync));
        self.buffer.clear();
        if let Err(error) = written {
            self.poisoned_by("writing the log", &error);
        }
    }

    /// Begins a new file where the present one is large enough.
    fn roll(&mut self) {
        if self.segment.len() < self.segment_bytes_max || self.is_poisoned() {
            return;
        }
        self.write_head();
        match Segment::create(&self.dir, self.next, self.sync) {
            Ok(segment) => {
                self.segment = segment;
                let mut record = Record::draft(Kind::SegmentOpen);
                record.open = Some(self.in_flight());
                let _ = self.put(&mut record);
            }
            Err(error) => self.poisoned_by("beginning a file of the log", &error),
        }
    }

    /// The calls in flight, in order.
    pub(super) fn in_flight(&self) -> Vec<Id> {
        let mut calls: Vec<Id> = self.open.iter().copied().collect();
        calls.sort_unstable();
        calls
    }

    /// Gives every call in flight an end that says that none is known.
    pub(super) fn end_all(&mut self, cause: &'static str) {
        for call in self.in_flight() {
            let mut record = Record::draft(Kind::Outcome);
            record.call = Some(call);
            record.status = Some(Status::Unknown);
            record.sent = Some(SentWord::Maybe);
            record.cause = Some(Text::from(cause));
            if self.put(&mut record).is_ok() {
                self.open.remove(&call);
            }
        }
    }

    fn write_refusals(&mut self) {
        for (code, count) in self.refusals.take() {
            let mut record = Record::draft(Kind::Refused);
            record.cause = Some(Text::from(code));
            record.count = Some(Int::saturating(count));
            let _ = self.put(&mut record);
        }
        self.flush();
    }

    fn write_head(&mut self) {
        let Some(seq) = self.next.checked_sub(1) else {
            return;
        };
        if self.is_poisoned() || self.head_seq == Some(seq) {
            return;
        }
        let head = Anchor {
            leaf: self.prev,
            log: self.log,
            seq,
        };
        let written = self
            .heads
            .iter()
            .try_for_each(|path| head.write(path, self.sync));
        match written {
            Ok(()) => self.head_seq = Some(seq),
            Err(error) => self.poisoned_by("writing the head of the log", &error),
        }
    }

    fn close(&mut self) {
        if self.is_poisoned() {
            return;
        }
        self.write_refusals();
        self.end_all("closed");
        let _ = self.put(&mut Record::draft(Kind::LogClose));
        self.flush();
        self.write_head();
        if !self.is_poisoned() {
            self.health.send_replace(Health::Closed);
        }
    }

    pub(super) fn is_poisoned(&self) -> bool {
        *self.health.borrow() != Health::Writing
    }

    fn poisoned_by(&mut self, what: &str, error: &io::Error) {
        tracing::error!(%error, "{what} failed: every call is refused from now on");
        self.buffer.clear();
        self.health
            .send_replace(Health::Poisoned(format!("{what}: {error}")));
    }
}
