//! What stays open to tell that tools have changed: how long it does, and what comes next.
//! Knows nothing of who listens, nor of how it is told.

use std::future::pending;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// How long what stays open does.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// Whether the connection, or the server, is ending.
    ending: watch::Receiver<bool>,
    /// After how long without a change.
    idle: Option<Duration>,
    /// When that is.
    until: Option<Instant>,
}

impl Open {
    pub(super) fn new(ending: watch::Receiver<bool>, idle: Option<Duration>) -> Self {
        Self {
            ending,
            idle,
            until: None,
        }
    }

    /// Waits for what comes next. Can be begun again: the time goes on from the last change.
    pub(super) async fn next(&mut self, changes: &mut watch::Receiver<u64>) -> Next {
        if self.until.is_none() {
            self.until = self.idle.map(|idle| Instant::now() + idle);
        }
        let until = self.until;
        let idle = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            _ = self.ending.wait_for(|ending| *ending) => Next::Ending,
            changed = changes.changed() => match changed {
                Ok(()) => {
                    self.until = None;
                    Next::Changed
                }
                Err(_) => Next::Ending,
            },
            () = idle => Next::Idle,
        }
    }
}

/// What comes next on what stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A list could be another.
    Changed,
    /// Nothing, for long.
    Idle,
    /// The end.
    Ending,
}
