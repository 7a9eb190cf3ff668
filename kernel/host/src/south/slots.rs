//! The room that one downstream's calls have beside each other: so many at once, the next ones in the order in which they came.
//! Knows nothing of what calls ask.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aegis_core::denial::{Denial, Phase};
use aegis_core::limits;
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::supervise::UNAVAILABLE;
use crate::wish::Wish;

/// One downstream's room. However long its calls take, they leave places of each agent to other downstreams.
pub(super) struct Slots {
    server: String,
    most: usize,
    patience: Duration,
    room: Semaphore,
    /// Calls that have a slot or wait for one.
    here: AtomicUsize,
}

/// A call's slot, given back whatever happens.
pub(super) struct Slot<'s> {
    _room: SemaphorePermit<'s>,
    _here: Here<'s>,
}

struct Here<'s>(&'s AtomicUsize);

impl Slots {
    /// Room for so many at once; who waits for longer than `patience` is sent away.
    pub(super) fn new(server: &str, most: usize, patience: Duration) -> Self {
        Self {
            server: server.to_owned(),
            most,
            patience,
            room: Semaphore::new(most),
            here: AtomicUsize::new(0),
        }
    }

    /// Returns once there is room.
    ///
    /// # Errors
    /// `kernel.server-busy`; a failure with nothing sent where the agent gave the call up or the kernel ends.
    pub(super) async fn take(&self, wish: &Wish) -> Result<Slot<'_>, Refusal> {
        let order = Ordering::SeqCst;
        let enter = |here: usize| (here < limits::SERVER_CALLS_MAX).then_some(here + 1);
        let entered = self.here.fetch_update(order, order, enter);
        let here = entered.map(|_| Here(&self.here));
        let here = here.map_err(|_| self.busy("as many wait as may"))?;
        let mut wish = wish.clone();
        let failed = |code| {
            let sent = Sent::No;
            Err(Refusal::Failed(Failure { sent, code }))
        };
        let taken = tokio::select! {
            biased;
            taken = timeout(self.patience, self.room.acquire()) => taken,
            () = wish.withdrawn() => return failed(FailureCode::Cancelled),
        };
        match taken {
            Ok(Ok(room)) => Ok(Slot {
                _room: room,
                _here: here,
            }),
            Ok(Err(_)) => Err(Refusal::Failed(UNAVAILABLE)),
            Err(_) => Err(self.busy("none of them ended in time").into()),
        }
    }

    /// Lets nobody wait any longer: the kernel ends.
    pub(super) fn close(&self) {
        self.room.close();
    }

    fn busy(&self, why: &str) -> Denial {
        let Self { server, most, .. } = self;
        Denial::kernel(
            "kernel.server-busy",
            Phase::Kernel,
            format!("`{server}` carries out {most} calls at once, and {why}; nothing was sent"),
            "wait for answers of this downstream before asking it for more",
        )
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
