//! The requests that are being worked on: ids, budgets, and what travels beside rmcp.
//! Knows nothing of verbs.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use aegis_core::limits::{IN_FLIGHT_BYTES_MAX, IN_FLIGHT_CALLS_MAX, STREAMS_MAX};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::Told;
use super::request::Stashed;
use crate::wire::Id;
use crate::wish::{Wish, Withdrawal};

/// One connection's requests. An id stays taken, cancelled or not, until its handler has ended: else the
/// answer of a cancelled call could pass for that of the next one (CVE-2026-25536).
#[derive(Debug)]
pub(super) struct InFlight {
    requests: Mutex<HashMap<Id, InWork>>,
    /// What is spoken, once rmcp has answered what opened the connection.
    era: OnceLock<Era>,
    share: Share,
}

/// How much may be in flight at once: of one connection, or of all that one principal has over HTTP.
#[derive(Clone, Debug)]
pub(super) struct Share {
    count: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    /// What all principals together have.
    house: Option<Arc<Semaphore>>,
}

#[derive(Debug)]
struct InWork {
    budget: Budget,
    wish: Wish,
    withdrawal: Withdrawal,
    stashed: Option<Stashed>,
    /// The token under which its progress is heard.
    hears: Option<Id>,
    opens: Opens,
    answer: Option<Told>,
}

/// What a request does to the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    Nothing,
    /// An `initialize`, which cannot be cancelled (lifecycle of MCP): the connection would be open and unanswered.
    Handshake,
    /// A request that speaks for itself, as all of the newer era do.
    Itself,
}

/// What is spoken on a connection that rmcp has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    /// 2024-11-05 to 2025-11-25, by handshake.
    Older,
    /// 2026-07-28, where each request speaks for itself.
    Newer,
}

/// A share of what may be in flight, given back when dropped.
#[derive(Debug)]
pub(super) enum Budget {
    /// Of what is worked on.
    Work {
        _count: OwnedSemaphorePermit,
        bytes: OwnedSemaphorePermit,
    },
    /// Of what stays open: it takes no room from calls.
    Stream {
        _own: OwnedSemaphorePermit,
        _house: Option<OwnedSemaphorePermit>,
    },
}

/// How a request ended.
#[derive(Debug)]
pub(super) struct Settled {
    /// To be kept until the answer is written.
    pub(super) budget: Budget,
    /// What it does to the connection.
    pub(super) opens: Opens,
    /// The agent wants no answer any more.
    pub(super) cancelled: bool,
    /// A call that rmcp did not let through.
    pub(super) untaken: bool,
    /// The exact answer, where the handler gave one.
    pub(super) answer: Option<Told>,
}

impl Budget {
    /// The same for so many bytes alone, where more was set aside before the length was known.
    pub(super) fn cut_to(self, length: usize) -> Self {
        match self {
            Self::Work { _count, mut bytes } => {
                let kept = bytes.split(length.min(bytes.num_permits()));
                let bytes = kept.unwrap_or(bytes);
                Self::Work { _count, bytes }
            }
            stream @ Self::Stream { .. } => stream,
        }
    }
}

impl Share {
    pub(super) fn new() -> Self {
        Self {
            count: Arc::new(Semaphore::new(IN_FLIGHT_CALLS_MAX)),
            bytes: Arc::new(Semaphore::new(IN_FLIGHT_BYTES_MAX)),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            house: None,
        }
    }

    /// One of those that share what may stay open.
    pub(super) fn within(house: &Arc<Semaphore>) -> Self {
        Self {
            house: Some(Arc::clone(house)),
            ..Self::new()
        }
    }

    /// Room for something that stays open; nobody waits for it.
    pub(super) fn stream(&self) -> Option<Budget> {
        let _own = Arc::clone(&self.streams).try_acquire_owned().ok()?;
        let _house = match &self.house {
            None => None,
            Some(house) => Some(Arc::clone(house).try_acquire_owned().ok()?),
        };
        Some(Budget::Stream { _own, _house })
    }

    /// Waits until a request of this size may be worked on. Nothing is read meanwhile: that is the
    /// back-pressure.
    pub(super) async fn admit(&self, bytes: usize) -> Result<Budget, AcquireError> {
        let share = u32::try_from(bytes.min(IN_FLIGHT_BYTES_MAX)).unwrap_or(u32::MAX);
        Ok(Budget::Work {
            _count: Arc::clone(&self.count).acquire_owned().await?,
            bytes: Arc::clone(&self.bytes).acquire_many_owned(share).await?,
        })
    }

    /// Waits until every answer is written, or the time is over.
    pub(super) async fn drain(&self, time: Duration) {
        let all = u32::try_from(IN_FLIGHT_CALLS_MAX).unwrap_or(u32::MAX);
        let _ = tokio::time::timeout(time, self.count.acquire_many(all)).await;
    }
}

impl InFlight {
    pub(super) fn new(share: Share) -> Self {
        Self {
            requests: Mutex::default(),
            era: OnceLock::new(),
            share,
        }
    }

    /// How much may be in flight.
    pub(super) fn share(&self) -> &Share {
        &self.share
    }

    /// What is spoken, once rmcp has answered what opened the connection.
    pub(super) fn era(&self) -> Option<Era> {
        self.era.get().copied()
    }

    /// rmcp has answered what opened the connection: the first one counts.
    pub(super) fn opened(&self, era: Era) {
        let _ = self.era.set(era);
    }

    /// Whether nothing is being worked on.
    pub(super) fn is_idle(&self) -> bool {
        self.lock().is_empty()
    }

    /// Whether this id is taken.
    pub(super) fn holds(&self, id: &Id) -> bool {
        self.lock().contains_key(id)
    }

    /// Takes an id. `false` where it is taken already: the request is then not begun.
    pub(super) fn begin(
        &self,
        id: Id,
        budget: Budget,
        stashed: Option<Stashed>,
        opens: Opens,
    ) -> bool {
        match self.lock().entry(id) {
            Entry::Occupied(_) => false,
            Entry::Vacant(slot) => {
                let (withdrawal, wish) = Wish::new();
                slot.insert(InWork {
                    budget,
                    wish,
                    withdrawal,
                    stashed,
                    hears: None,
                    opens,
                    answer: None,
                });
                true
            }
        }
    }

    /// Notes that the agent wants no answer; the work is told, and ends by itself. `false` where nothing that
    /// can be cancelled has this id.
    pub(super) fn cancel(&self, id: &Id) -> bool {
        self.lock()
            .get(id)
            .filter(|work| work.opens != Opens::Handshake)
            .map(|work| work.withdrawal.withdraw())
            .is_some()
    }

    /// Hands out a call, once, with the wish for its answer. Of two calls in flight with one token for their
    /// progress the later one has none: the agent could not tell whose it is.
    pub(super) fn take_call(&self, id: &Id) -> Option<(Stashed, Wish)> {
        let mut requests = self.lock();
        let mut call = requests.get_mut(id)?.stashed.take()?;
        if requests
            .values()
            .any(|other| call.progress.is_some() && other.hears == call.progress)
        {
            call.progress = None;
        }
        let work = requests.get_mut(id)?;
        work.hears.clone_from(&call.progress);
        Some((call, work.wish.clone()))
    }

    /// What is withdrawn with the request of this id.
    pub(super) fn wish(&self, id: &Id) -> Option<Wish> {
        self.lock().get(id).map(|work| work.wish.clone())
    }

    /// Puts the exact answer aside until rmcp has framed it.
    pub(super) fn answer(&self, id: &Id, answer: impl Into<Told>) {
        if let Some(work) = self.lock().get_mut(id) {
            work.answer = Some(answer.into());
        }
    }

    /// Ends a request and frees its id.
    pub(super) fn settle(&self, id: &Id) -> Option<Settled> {
        let work = self.lock().remove(id)?;
        Some(Settled {
            budget: work.budget,
            opens: work.opens,
            cancelled: work.withdrawal.is_done(),
            untaken: work.stashed.is_some(),
            answer: work.answer,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, InWork>> {
        // Every change is one step, so that a poisoned table is still whole.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
