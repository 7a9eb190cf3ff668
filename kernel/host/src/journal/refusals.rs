//! Messages that never became calls, counted so that a flood of them is one line.
//! Knows nothing of what was in them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts by code since they were last written. Codes are the kernel's own words: their number is bounded.
#[derive(Default)]
pub(super) struct Refusals(Mutex<BTreeMap<&'static str, u64>>);

impl Refusals {
    /// Counts so many; true where nothing was waiting before.
    pub(super) fn add(&self, code: &'static str, times: u64) -> bool {
        let mut counts = self.counts();
        let first = counts.is_empty();
        let count = counts.entry(code).or_default();
        *count = count.saturating_add(times);
        first
    }

    /// Whether any waits to be written.
    pub(super) fn any(&self) -> bool {
        !self.counts().is_empty()
    }

    /// Takes the counts.
    pub(super) fn take(&self) -> BTreeMap<&'static str, u64> {
        std::mem::take(&mut *self.counts())
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        // A count is whole whatever its last holder did.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
