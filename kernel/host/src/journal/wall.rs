//! Watches wall time against the time since the machine was started.
//! Knows nothing of why it jumps.

use aegis_core::audit::{ClockStep, Int};

use crate::clock::Clock;

/// A jump of less is drift.
const STEP_MS: u64 = 1_000;

/// The difference between the two clocks, as it was last seen.
pub(super) struct Wall {
    ahead_ns: i128,
}

impl Wall {
    pub(super) fn new(clock: &Clock) -> Self {
        Self {
            ahead_ns: ahead(clock),
        }
    }

    /// By how much wall time jumped since it was last asked, where it did.
    pub(super) fn step(&mut self, clock: &Clock) -> Option<ClockStep> {
        let now = ahead(clock);
        let moved = now - self.ahead_ns;
        let ms = u64::try_from(moved.unsigned_abs() / 1_000_000).unwrap_or(u64::MAX);
        if ms < STEP_MS {
            return None;
        }
        self.ahead_ns = now;
        Some(ClockStep {
            back: moved < 0,
            ms: Int::saturating(ms),
        })
    }
}

fn ahead(clock: &Clock) -> i128 {
    i128::from(clock.unix_ns()) - i128::from(clock.mono_ns())
}
