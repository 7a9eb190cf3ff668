//! Running one call's work beside the wire: bounded in number, bounded in time, honest about commits.
//! Knows nothing of what the work is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::bounds::{CALLS_AT_ONCE_MAX, OVERTIME, TURN_WAIT};

const OPEN: u8 = 0;
const COMMITTING: u8 = 1;
const GIVEN_UP: u8 = 2;

/// Decides between a late commit and a reported timeout, so that never both happen.
#[derive(Clone, Default)]
pub(crate) struct CommitGate(Arc<AtomicU8>);

impl CommitGate {
    /// Claims the right to commit; false where the caller was told already that nothing happened.
    pub(crate) fn enter(&self) -> bool {
        self.move_from_open(COMMITTING)
    }

    fn give_up(&self) -> bool {
        self.move_from_open(GIVEN_UP)
    }

    fn move_from_open(&self, to: u8) -> bool {
        self.0
            .compare_exchange(OPEN, to, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    }
}

/// Why there is no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoOutcome {
    /// No turn came within the wait.
    Busy,
    /// The work went on beyond its time; it has not committed and will not.
    Timeout,
    /// The work panicked; nothing was committed.
    Broken,
}

/// Hands out turns.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(CALLS_AT_ONCE_MAX)))
    }
}

impl Turns {
    /// Does `work` on a thread of its own within `time` and a little overtime.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        time: Duration,
        work: impl FnOnce(CommitGate) -> T + Send + 'static,
    ) -> Result<T, NoOutcome> {
        let turn = tokio::time::timeout(TURN_WAIT, Arc::clone(&self.0).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(NoOutcome::Busy);
        };
        let gate = CommitGate::default();
        let inner = gate.clone();
        let mut task = tokio::task::spawn_blocking(move || {
            // The turn is held until the work really ends, so that given-up work still counts.
            let _turn = turn;
            work(inner)
        });
        match tokio::time::timeout(time.saturating_add(OVERTIME), &mut task).await {
            Ok(outcome) => outcome.map_err(|_panic| NoOutcome::Broken),
            Err(_elapsed) if gate.give_up() => Err(NoOutcome::Timeout),
            Err(_elapsed) => task.await.map_err(|_panic| NoOutcome::Broken),
        }
    }
}
