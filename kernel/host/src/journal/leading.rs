//! One record, written and synced by whoever brings it.
//! Knows nothing of who that is.

use std::time::Duration;

use aegis_core::audit::Record;

use super::message::NotWritten;
use super::writer::Writer;
use aegis_verify::Anchor;

/// Where a sync takes longer than this, nobody but the log's own thread waits in one: elsewhere it would keep everything
/// from running for that long, and handing over weighs little beside it.
const LED_NS_MAX: u64 = 2_000_000;
/// How much later than it is due something may be done, before the thread is woken for it.
const SLACK_NS: u64 = 1_000_000;

impl Writer {
    /// Whether there is nothing to do but to write a record, and that will be quick.
    pub(super) fn may_be_led(&self) -> bool {
        self.is_writing() && self.full.is_none() && self.wrote_in_ns <= LED_NS_MAX && !self.is_due()
    }

    /// Writes one record, durable on return.
    pub(super) fn lead(&mut self, record: Box<Record<'static>>) -> Result<Anchor, NotWritten> {
        self.note_step();
        let written = self.admit(record);
        self.flush();
        self.checkpoint();
        if self.is_writing() {
            return written;
        }
        Err(NotWritten)
    }

    /// How long the thread may wait, which it is held to have begun to.
    pub(super) fn sleep(&mut self) -> Option<Duration> {
        let left = self.wake_in();
        self.wakes_ns = left.map(|left| self.moment_in(left));
        left
    }

    /// Whether something is due before the thread looks again by itself. Said once.
    pub(super) fn needs_its_thread(&mut self) -> bool {
        let due = match self.full {
            Some(_) => Some(Duration::ZERO),
            None => self.wake_in(),
        };
        let Some(due) = due.map(|left| self.moment_in(left)) else {
            return false;
        };
        let late = |wakes: u64| due.saturating_add(SLACK_NS) < wakes;
        if !self.wakes_ns.is_none_or(late) {
            return false;
        }
        self.wakes_ns = Some(self.clock.mono_ns());
        true
    }

    fn moment_in(&self, left: Duration) -> u64 {
        let left = u64::try_from(left.as_nanos()).unwrap_or(u64::MAX);
        self.clock.mono_ns().saturating_add(left)
    }
}
