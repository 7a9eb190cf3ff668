//! How a log ends: in order, or because its disk is full.
//! Knows nothing of what was written before.

use std::io;

use aegis_core::audit::{Kind, Record, SentWord, Status, Text};

use super::writer::{Health, Writer};

/// How long calls in flight may take to end once the disk is full, in nanoseconds.
const DRAIN_NS: u64 = 10_000_000_000;

impl Writer {
    /// Says that the disk is full and gives up the space that was kept back; false where there is none any more.
    pub(super) fn relieve(&mut self) -> bool {
        self.full.get_or_insert(self.clock.mono_ns());
        self.ballast.release()
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

    /// Where the disk is full: once nothing is under way any more, or that has taken too long, the log is closed
    /// in the room that was kept back, and the kernel must end.
    pub(super) fn drain(&mut self) {
        let Some(since) = self.full else { return };
        let waited = self.clock.mono_ns().saturating_sub(since);
        if !self.is_writing() || !(self.open.is_empty() || waited >= DRAIN_NS) {
            return;
        }
        self.end("disk-full");
        self.say_full();
    }

    fn say_full(&mut self) {
        let error = io::Error::from(io::ErrorKind::StorageFull);
        self.poisoned_by("writing the log", &error);
    }

    /// Closes the log. One that was full when it was closed did not end in order, though all of it may be there:
    /// the process must not end as if nothing had been.
    pub(super) fn close(&mut self) {
        if !self.is_writing() {
            return;
        }
        self.end(match self.full {
            Some(_) => "disk-full",
            None => "closed",
        });
        if self.is_writing() && self.full.is_some() {
            self.say_full();
        } else if self.is_writing() {
            self.health.send_replace(Health::Closed);
        }
    }

    /// The last records of this start.
    fn end(&mut self, cause: &'static str) {
        self.write_refusals();
        self.end_all(cause);
        let mut close = Record::draft(Kind::LogClose);
        close.cause = (cause != "closed").then(|| Text::from(cause));
        let _ = self.put(&mut close);
        self.flush();
        self.seal_at_close();
        self.write_head();
        self.last_checkpoint();
    }
}
