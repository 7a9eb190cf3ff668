//! Who writes the log at this moment: its thread, or a caller that finds nobody else about it.
//! Knows nothing of what is written.
//!
//! Handing a record to another thread and its answer back costs about as much as a fast disk's sync. A caller whose
//! record is the only one on its way therefore writes and syncs it itself; where there are more, the thread writes them
//! in one go.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use aegis_core::audit::Record;

use super::message::NotWritten;
use super::writer::Writer;
use aegis_verify::Anchor;

/// The writer of a log, until it is closed, how many records are on their way to it, and how many calls are under way
/// that will bring some.
#[derive(Clone)]
pub(super) struct Pen {
    writer: Arc<Mutex<Option<Writer>>>,
    about: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
}

/// A record that is on its way, or a call that is under way, until this is dropped.
pub(super) struct OnItsWay(Arc<AtomicUsize>);

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What became of a record whose bringer would have written it.
pub(super) enum Led {
    /// It is in the log, or refused; and whether the thread has to be woken.
    Done(Result<Anchor, NotWritten>, bool),
    /// Somebody else is about the log, or there is more to do than to write it: it is the thread's.
    Not(Box<Record<'static>>),
}

impl Pen {
    pub(super) fn of(writer: Writer) -> Self {
        Self {
            writer: Arc::new(Mutex::new(Some(writer))),
            about: Arc::default(),
            calls: Arc::default(),
        }
    }

    /// Counts a call that is under way.
    pub(super) fn begin_call(&self) -> OnItsWay {
        self.calls.fetch_add(1, Ordering::AcqRel);
        OnItsWay(Arc::clone(&self.calls))
    }

    /// Whether one call is under way and one record: then no other record can be about to come. Who brings records
    /// and is no call is not counted, and never alone.
    pub(super) fn is_alone(&self) -> bool {
        self.calls.load(Ordering::Acquire) == 1 && self.about.load(Ordering::Acquire) == 1
    }

    /// Counts a record that is on its way.
    pub(super) fn bring(&self) -> OnItsWay {
        self.about.fetch_add(1, Ordering::AcqRel);
        OnItsWay(Arc::clone(&self.about))
    }

    /// Writes a record here and now, where it is the only one on its way.
    pub(super) fn lead(&self, record: Box<Record<'static>>) -> Led {
        if self.about.load(Ordering::Acquire) != 1 {
            return Led::Not(record);
        }
        let mut held = match self.writer.try_lock() {
            Ok(held) => held,
            Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => return Led::Not(record),
        };
        let Some(writer) = held.as_mut().filter(|writer| writer.may_be_led()) else {
            return Led::Not(record);
        };
        let led = catch_unwind(AssertUnwindSafe(|| writer.lead(record)));
        let written = led.unwrap_or_else(|_| {
            // INVARIANT (nothing is written after a panic): a poisoned writer takes no record.
            writer.poisoned_by("writing the log", &std::io::Error::other("a panic"));
            Err(NotWritten)
        });
        Led::Done(written, writer.needs_its_thread())
    }

    /// The writer, for its thread; empty once it is closed.
    pub(super) fn hold(&self) -> MutexGuard<'_, Option<Writer>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
