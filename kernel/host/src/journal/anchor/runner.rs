//! A thread an anchor: shows it the newest checkpoint, keeps its receipt, tries again where it fails.
//! Knows nothing of signing.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use aegis_core::audit::{Acknowledged, Int, Kind, Leaf, Note, Record, Text};
use aegis_core::limits::{ANCHOR_CLOSE_MS, ANCHOR_PAUSE_MS_MAX, ANCHOR_PAUSE_MS_MIN};

use super::store::{Anchored, cosignature};
use super::{AnchorOptions, Seen, Store, command};
use crate::clock::Clock;

/// Puts a record into the log, as long as there is one that takes it.
pub(in crate::journal) type Recorder = Arc<dyn Fn(Record<'static>) + Send + Sync>;

/// A signed checkpoint as anchors are shown it.
#[derive(Clone, Debug)]
pub(in crate::journal) struct Shown {
    pub(in crate::journal) size: u64,
    pub(in crate::journal) root: Leaf,
    pub(in crate::journal) note: Note,
    /// One more than the newest record under it that is not about anchors: without news they are not asked.
    pub(in crate::journal) news: u64,
    pub(in crate::journal) asked_ns: u64,
}

/// All anchors of one log.
pub(in crate::journal) struct Anchors {
    desk: Arc<Desk>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    newest: Option<Shown>,
    ended: bool,
}

struct Runner {
    options: AnchorOptions,
    desk: Arc<Desk>,
    store: Store,
    seen: Arc<Seen>,
    clock: Clock,
    record: Recorder,
    /// News up to here were taken.
    taken: u64,
    /// When it may be tried again, and how long the next pause is.
    next_ns: u64,
    pause_ms: u64,
}

impl Anchors {
    /// Starts the threads.
    pub(in crate::journal) fn start(
        options: &[AnchorOptions],
        store: &Store,
        seen: &Arc<Seen>,
        clock: Clock,
        record: &Recorder,
    ) -> std::io::Result<Self> {
        let mut anchors = Self {
            desk: Arc::default(),
            threads: Vec::new(),
        };
        for options in options {
            let runner = Runner {
                options: options.clone(),
                desk: Arc::clone(&anchors.desk),
                store: store.clone(),
                seen: Arc::clone(seen),
                clock,
                record: Arc::clone(record),
                taken: 0,
                next_ns: 0,
                pause_ms: 0,
            };
            let thread = std::thread::Builder::new()
                .name("aegis-anchor".into())
                .spawn(move || runner.run())?;
            anchors.threads.push(thread);
        }
        Ok(anchors)
    }

    /// Shows them a checkpoint.
    pub(in crate::journal) fn show(&self, shown: Shown) {
        self.desk.lock().newest = Some(shown);
        self.desk.wake.notify_all();
    }
}

impl Drop for Anchors {
    /// Each may still take the newest one.
    fn drop(&mut self) {
        self.desk.lock().ended = true;
        self.desk.wake.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Desk {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runner {
    fn run(mut self) {
        while let Some((shown, last)) = self.wait() {
            self.attempt(&shown, last);
            if last {
                return;
            }
        }
    }

    /// The next checkpoint to show, and whether it is the last one; `None` where there is none to come.
    fn wait(&self) -> Option<(Shown, bool)> {
        let mut state = self.desk.lock();
        loop {
            let news = state
                .newest
                .as_ref()
                .filter(|shown| shown.news > self.taken);
            let left = self.next_ns.saturating_sub(self.clock.mono_ns());
            match news {
                Some(shown) if left == 0 || state.ended => {
                    return Some((shown.clone(), state.ended));
                }
                None if state.ended => return None,
                Some(_) => {
                    let wake = self
                        .desk
                        .wake
                        .wait_timeout(state, Duration::from_nanos(left));
                    state = wake.map_or_else(|e| e.into_inner().0, |(state, _)| state);
                }
                None => {
                    state = self
                        .desk
                        .wake
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn attempt(&mut self, shown: &Shown, last: bool) {
        let begun = self.clock.mono_ns();
        let most = if last { ANCHOR_CLOSE_MS } else { u64::MAX };
        let timeout = Duration::from_millis(self.options.timeout_ms.min(most));
        let taken = command::run(&self.options, &shown.note.to_string(), timeout);
        let taken = taken.and_then(|receipt| self.keep(shown, receipt));
        let now = self.clock.mono_ns();
        let mut record = Record::draft(Kind::Anchor);
        record.dur_us = Some(Int::saturating(now.saturating_sub(begun) / 1_000));
        record.anchor = Some(Acknowledged {
            name: Some(Text::from(self.options.name.as_str())),
            receipt: taken.as_ref().ok().copied().flatten(),
            root: shown.root,
            size: Int::saturating(shown.size),
        });
        match &taken {
            Ok(_) => {
                self.taken = shown.news;
                self.pause_ms = 0;
                self.next_ns =
                    begun.saturating_add(self.options.every_ms.saturating_mul(1_000_000));
                self.seen.anchored(shown.size, shown.asked_ns);
            }
            Err(cause) => {
                let name = &self.options.name;
                // Once for all tries in a row: the log has each.
                if self.pause_ms == 0 {
                    crate::told::tell!(
                        "aegis: the anchor `{name}` did not take a checkpoint: {cause}"
                    );
                }
                record.cause = Some(Text::from(cause.as_str()));
                self.pause_ms = self.pause_ms.saturating_mul(2);
                self.pause_ms = self
                    .pause_ms
                    .clamp(ANCHOR_PAUSE_MS_MIN, ANCHOR_PAUSE_MS_MAX);
                self.next_ns = now.saturating_add(self.pause_ms * 1_000_000);
            }
        }
        if !last {
            (self.record)(record);
        }
    }

    /// Keeps what an anchor printed, and only then believes that it took anything; the hash of the receipt, where it gave one.
    fn keep(&self, shown: &Shown, receipt: Vec<u8>) -> Result<Option<Leaf>, String> {
        let failed = |error: std::io::Error| format!("not kept: {}", error.kind());
        if let Some(witness) = &self.options.witness {
            let line = cosignature(&shown.note, witness, &receipt).ok_or("no cosignature")?;
            self.store.cosign(&shown.note, line).map_err(failed)?;
        }
        let kept = !receipt.is_empty();
        if kept {
            let stored = self.store.receipt(&self.options.name, shown.size, &receipt);
            stored.map_err(failed)?;
        }
        let anchored = Anchored {
            at_ms: self.clock.unix_ns() / 1_000_000,
            size: shown.size,
        };
        self.store.remember(anchored).map_err(failed)?;
        Ok(kept.then(|| Leaf::of_bytes(&receipt)))
    }
}
