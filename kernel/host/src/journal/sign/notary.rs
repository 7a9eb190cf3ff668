//! The thread that signs checkpoints, so that no record waits for one: the newest that is asked for is signed next.
//! Knows nothing of records.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use aegis_core::audit::Leaf;
use tokio::sync::{oneshot, watch};

use super::super::anchor::{Anchors, Shown};
use super::super::segment::is_full;
use super::super::writer::Health;
use super::Checkpointer;

/// The writer's handle to the thread.
pub(in crate::journal) struct Notary {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
    /// The size that was asked for last, and when, by the monotonic clock.
    pub(in crate::journal) asked: u64,
    pub(in crate::journal) asked_ns: u64,
}

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    wake: Condvar,
}

/// A checkpoint that is wanted.
#[derive(Clone, Copy, Debug)]
pub(in crate::journal) struct Wanted {
    pub(in crate::journal) size: u64,
    pub(in crate::journal) root: Leaf,
    /// One more than the newest record that is worth an anchor.
    pub(in crate::journal) news: u64,
    /// When it was asked for, by the monotonic clock.
    pub(in crate::journal) asked_ns: u64,
}

#[derive(Default)]
struct State {
    job: Option<Wanted>,
    /// Who waits for the job.
    waiting: Vec<oneshot::Sender<()>>,
    ended: bool,
    full: bool,
}

impl Notary {
    /// Starts the thread. `signed` is told the size of each checkpoint that is durable.
    pub(in crate::journal) fn start(
        mut checkpointer: Checkpointer,
        health: watch::Sender<Health>,
        signed: Arc<AtomicU64>,
        anchors: Option<Anchors>,
    ) -> std::io::Result<Self> {
        let desk = Arc::new(Desk::default());
        let asked = checkpointer.size();
        signed.store(asked, Ordering::Release);
        let here = Arc::clone(&desk);
        let thread = std::thread::Builder::new()
            .name("aegis-notary".into())
            .spawn(move || {
                while let Some((wanted, waiting)) = here.next() {
                    match checkpointer.sign(wanted.size, wanted.root) {
                        Ok(()) => signed.store(wanted.size, Ordering::Release),
                        Err(error) => return here.fail(&error, &health),
                    }
                    if let (Some(anchors), Some(note)) = (&anchors, checkpointer.newest()) {
                        anchors.show(Shown {
                            size: wanted.size,
                            root: wanted.root,
                            note: note.clone(),
                            news: wanted.news,
                            asked_ns: wanted.asked_ns,
                        });
                    }
                    for done in waiting {
                        let _ = done.send(());
                    }
                }
            })?;
        Ok(Self {
            desk,
            thread: Some(thread),
            asked,
            asked_ns: 0,
        })
    }

    /// Asks for a checkpoint; one that still waits gives way to it. Never waits.
    pub(in crate::journal) fn ask(&mut self, wanted: Wanted, done: Option<oneshot::Sender<()>>) {
        (self.asked, self.asked_ns) = (wanted.size, wanted.asked_ns);
        let mut state = self.desk.lock();
        state.job = Some(wanted);
        state.waiting.extend(done);
        drop(state);
        self.desk.wake.notify_one();
    }

    /// Whether there was no room for a checkpoint.
    pub(in crate::journal) fn is_full(&self) -> bool {
        self.desk.lock().full
    }

    /// Waits until what was asked for is signed, and ends the thread.
    pub(in crate::journal) fn end(&mut self) {
        self.desk.lock().ended = true;
        self.desk.wake.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Notary {
    fn drop(&mut self) {
        self.end();
    }
}

impl Desk {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next checkpoint to sign; `None` once there is none to come.
    fn next(&self) -> Option<(Wanted, Vec<oneshot::Sender<()>>)> {
        let mut state = self.lock();
        loop {
            if let Some(wanted) = state.job.take() {
                return Some((wanted, std::mem::take(&mut state.waiting)));
            }
            if state.ended {
                return None;
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A log that is to be signed and cannot be is not written any more. Where there is no room, the writer closes it
    /// in order; the next start publishes what is missing.
    fn fail(&self, error: &std::io::Error, health: &watch::Sender<Health>) {
        if is_full(error) {
            let mut state = self.lock();
            state.full = true;
            state.waiting.clear();
            return;
        }
        crate::told::tell!(
            "aegis: signing a checkpoint failed: every call is refused from now on: {error}"
        );
        health.send_if_modified(|health| {
            let writing = *health == Health::Writing;
            if writing {
                *health = Health::Poisoned(format!("signing a checkpoint: {error}"));
            }
            writing
        });
    }
}
