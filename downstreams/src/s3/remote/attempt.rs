//! What became of one request, as the connection saw it.
//! Knows nothing of what the request was for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What went wrong between us and the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No connection.
    Unreachable,
    /// A certificate that nobody trusted vouches for.
    Untrusted,
    /// Nothing came for too long.
    Silent,
    /// The connection ended in the middle.
    Cut,
    /// More came than is read.
    TooLarge,
    /// What came is not HTTP, or not what was asked for.
    Unreadable,
}

/// What is known of a request and its repetitions; it travels with them as an extension.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempt(Arc<Mutex<Seen>>);

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Some part of it may have arrived, and no answer said what became of it.
    pub(super) open: bool,
    /// The last answer's status.
    pub(super) status: Option<u16>,
    /// The store says that there is no such bucket.
    pub(super) no_bucket: bool,
    /// What went wrong last.
    pub(super) trouble: Option<Trouble>,
}

impl Attempt {
    pub(super) fn seen(&self) -> Seen {
        *self.lock()
    }

    /// From here on the store may act on it.
    pub(super) fn sent(&self) {
        let mut seen = self.lock();
        seen.open = true;
        seen.status = None;
        seen.trouble = None;
    }

    /// It never left, whatever was thought.
    pub(super) fn unsent(&self, before: Seen) {
        self.lock().open = before.open;
    }

    /// An answer came. One of 500 and above leaves open what was done, but for "slow down".
    pub(super) fn answered(&self, status: u16, no_bucket: bool, before: Seen) {
        let mut seen = self.lock();
        seen.status = Some(status);
        seen.no_bucket = no_bucket;
        let settled = status < 500 || matches!(status, 501 | 503);
        seen.open = if settled { before.open } else { true };
    }

    pub(super) fn failed(&self, trouble: Trouble) {
        let mut seen = self.lock();
        seen.status = None;
        seen.trouble = Some(trouble);
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
