//! The room that one downstream's calls have beside each other: so many at once, the next ones in the order in which they came.
//! Knows nothing of what calls ask.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use aegis_core::denial::{Denial, Phase};
use aegis_core::limits;
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::supervise::UNAVAILABLE;
use crate::clock;
use crate::wish::Wish;

/// One downstream's room. However long its calls take, they leave places of each agent to other downstreams.
pub(super) struct Slots {
    server: String,
    most: usize,
    patience: Duration,
    /// Calls that are carried out.
    room: Semaphore,
    /// Calls that are carried out or wait for room.
    places: Semaphore,
    /// Calls that wait for a place.
    outside: AtomicUsize,
    /// When a call began or ended last, in milliseconds since the machine's start.
    moved_ms: AtomicU64,
}

/// A call's slot, given back whatever happens.
pub(super) struct Slot<'s> {
    _moved: Moved<'s>,
    _room: SemaphorePermit<'s>,
    _place: SemaphorePermit<'s>,
}

/// Notes when it goes.
struct Moved<'s>(&'s AtomicU64);

/// Counts while it is there.
struct Outside<'s>(&'s AtomicUsize);

/// Why there is no slot.
enum Full {
    /// As many wait as may.
    Crowded,
    /// None ended for long.
    Stuck,
    /// The kernel ends.
    Over,
}

impl Slots {
    /// Room for so many at once; who waits there for longer than `patience` is sent away.
    pub(super) fn new(server: &str, most: usize, patience: Duration) -> Self {
        Self {
            server: server.to_owned(),
            most,
            patience,
            room: Semaphore::new(most),
            places: Semaphore::new(limits::SERVER_CALLS_MAX),
            outside: AtomicUsize::new(0),
            moved_ms: AtomicU64::new(0),
        }
    }

    /// Returns once there is room.
    ///
    /// # Errors
    /// `kernel.server-busy`; a failure with nothing sent where the agent gave the call up or the kernel ends.
    pub(super) async fn take(&self, wish: &Wish) -> Result<Slot<'_>, Refusal> {
        // Whoever waits already is served first: then none is left here.
        if let Ok(place) = self.places.try_acquire()
            && let Ok(room) = self.room.try_acquire()
        {
            return Ok(self.taken(place, room));
        }
        let taken = tokio::select! {
            biased;
            taken = self.slot() => taken,
            () = wish.withdrawn() => {
                let (sent, code) = (Sent::No, FailureCode::Cancelled);
                return Err(Refusal::Failed(Failure { sent, code }));
            }
        };
        taken.map_err(|full| match full {
            Full::Crowded => self.busy("as many wait as may").into(),
            Full::Stuck => self.busy("none of them ended in time").into(),
            Full::Over => Refusal::Failed(UNAVAILABLE),
        })
    }

    async fn slot(&self) -> Result<Slot<'_>, Full> {
        let place = match self.places.try_acquire() {
            Ok(place) => place,
            Err(_) => self.place().await?,
        };
        let room = timeout(self.patience, self.room.acquire()).await;
        let room = room.map_err(|_| Full::Stuck)??;
        Ok(self.taken(place, room))
    }

    fn taken<'s>(&'s self, place: SemaphorePermit<'s>, room: SemaphorePermit<'s>) -> Slot<'s> {
        note(&self.moved_ms);
        Slot {
            _moved: Moved(&self.moved_ms),
            _room: room,
            _place: place,
        }
    }

    /// Waits for a place while the downstream gets on: whoever stood before one that hangs would keep the way
    /// to others shut.
    async fn place(&self) -> Result<SemaphorePermit<'_>, Full> {
        let order = Ordering::SeqCst;
        let enter = |outside: usize| (outside < limits::SERVER_OUTSIDE_MAX).then_some(outside + 1);
        let entered = self.outside.fetch_update(order, order, enter);
        let _outside = entered
            .map(|_| Outside(&self.outside))
            .map_err(|_| Full::Crowded)?;
        let longest = Duration::from_millis(limits::SERVER_STILL_MS).min(self.patience / 2);
        let mut place = std::pin::pin!(self.places.acquire());
        loop {
            let still = clock::since_boot_ms().saturating_sub(self.moved_ms.load(order));
            let left = longest.saturating_sub(Duration::from_millis(still));
            if left.is_zero() {
                return Err(Full::Stuck);
            }
            if let Ok(place) = timeout(left, place.as_mut()).await {
                return Ok(place?);
            }
        }
    }

    /// Lets nobody wait any longer: the kernel ends.
    pub(super) fn close(&self) {
        self.places.close();
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

fn note(moved_ms: &AtomicU64) {
    moved_ms.store(clock::since_boot_ms(), Ordering::SeqCst);
}

impl From<AcquireError> for Full {
    fn from(_: AcquireError) -> Self {
        Self::Over
    }
}

impl Drop for Moved<'_> {
    fn drop(&mut self) {
        note(self.0);
    }
}

impl Drop for Outside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
