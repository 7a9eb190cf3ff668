//! What stays open to tell that tools have changed: how long it does, and what comes next.
//! Knows nothing of who listens, nor of how it is told.

use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Sleep, sleep};

/// How long what stays open does.
#[derive(Debug)]
pub(super) struct Open {
    /// Whether the connection, or the server, is ending.
    ending: watch::Receiver<bool>,
    /// After how long without a change.
    idle: Option<Duration>,
    /// Runs since the last change.
    clock: Option<Pin<Box<Sleep>>>,
}

/// Another one of the same bounds, whose time begins anew.
impl Clone for Open {
    fn clone(&self) -> Self {
        Self::new(self.ending.clone(), self.idle)
    }
}

impl Open {
    pub(super) fn new(ending: watch::Receiver<bool>, idle: Option<Duration>) -> Self {
        Self {
            ending,
            idle,
            clock: None,
        }
    }

    /// Waits for what comes next. Can be begun again: the time goes on from the last change.
    pub(super) async fn next(&mut self, changes: &mut watch::Receiver<u64>) -> Next {
        if self.clock.is_none() {
            self.clock = self.idle.map(|idle| Box::pin(sleep(idle)));
        }
        let clock = &mut self.clock;
        let idle = async {
            match clock {
                Some(clock) => clock.await,
                None => pending().await,
            }
        };
        let next = tokio::select! {
            biased;
            _ = self.ending.wait_for(|ending| *ending) => Next::Ending,
            changed = changes.changed() => match changed {
                Ok(()) => Next::Changed,
                Err(_) => Next::Ending,
            },
            () = idle => Next::Idle,
        };
        if next == Next::Changed {
            self.clock = None;
        }
        next
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
