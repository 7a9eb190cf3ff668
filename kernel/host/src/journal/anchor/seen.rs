//! How far anchors have seen the log, and whether that is too long ago.
//! Knows nothing of anchors.

use std::sync::{Mutex, PoisonError};

use crate::clock::Clock;

/// Shared by the writer, which says what is new, by anchors, which say what they took, and by calls, which are refused.
#[derive(Debug)]
pub(in crate::journal) struct Seen {
    clock: Clock,
    within_ns: Option<i64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The largest size that an anchor took.
    anchored: u64,
    /// One more than the newest record that is not about anchors themselves.
    news: u64,
    /// Since when a record waits for an anchor, by the monotonic clock; before its start where it waited in an earlier one.
    since_ns: Option<i64>,
}

impl Seen {
    /// `anchored` and `age_ms` are what an earlier start left: how far anchors had come, and how long ago.
    pub(in crate::journal) fn new(
        clock: Clock,
        within_ms: Option<u64>,
        anchored: u64,
        size: u64,
        age_ms: u64,
    ) -> Self {
        let age = signed(age_ms).saturating_mul(1_000_000);
        let now = signed(clock.mono_ns());
        let state = State {
            anchored,
            news: size,
            since_ns: (anchored < size).then(|| now.saturating_sub(age)),
        };
        Self {
            clock,
            within_ns: within_ms.map(|ms| signed(ms).saturating_mul(1_000_000)),
            state: Mutex::new(state),
        }
    }

    /// Records up to this size are worth an anchor.
    pub(in crate::journal) fn news(&self, size: u64) {
        let now = signed(self.clock.mono_ns());
        let mut state = self.lock();
        state.news = state.news.max(size);
        if state.news > state.anchored {
            state.since_ns.get_or_insert(now);
        }
    }

    /// An anchor took the checkpoint of this size, which was asked for at that time: what it does not cover is younger.
    pub(super) fn anchored(&self, size: u64, asked_ns: u64) {
        let mut state = self.lock();
        if size <= state.anchored {
            return;
        }
        state.anchored = size;
        state.since_ns = (state.news > size).then(|| signed(asked_ns));
    }

    /// Whether a record waits for an anchor longer than it may.
    pub(in crate::journal) fn overdue(&self) -> bool {
        let Some(within) = self.within_ns else {
            return false;
        };
        let now = signed(self.clock.mono_ns());
        let since = self.lock().since_ns;
        since.is_some_and(|since| now.saturating_sub(since) > within)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
