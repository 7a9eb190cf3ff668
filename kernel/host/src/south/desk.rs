//! What was asked of one child and is not answered yet: each answer goes to its own question.
//! Knows nothing of bytes or typed messages.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aegis_core::egress::SealedProgress;
use aegis_core::json::Object;
use aegis_core::limits;
use aegis_core::refusal::FailureCode;
use tokio::sync::Notify;

use super::exchange::{Answer, Exchange};

/// Who waits for an answer.
#[derive(Clone, Debug)]
pub(super) enum Waiting {
    /// rmcp, for a step of the lifecycle.
    Lifecycle(Lifecycle),
    /// One of our questions.
    Exchange(Exchange),
    /// Nobody any more: a late answer is dropped in silence.
    Nobody,
}

/// A step of the lifecycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lifecycle {
    /// `initialize`, whose answer says which older version is spoken.
    Handshake,
    /// Any other.
    Other,
}

/// The open questions of one connection. Ids are counted upwards and never given again: by rmcp for the steps of the
/// lifecycle, from there on here.
#[derive(Debug, Default)]
pub(super) struct Desk {
    open: Mutex<BTreeMap<i64, Waiting>>,
    /// The next id.
    next: AtomicI64,
    fault: Mutex<Option<FailureCode>>,
    strays: AtomicU32,
    timeouts: AtomicU32,
    changed: AtomicBool,
    failed: Notify,
    /// Rung where it says so, and at the end.
    announced: Notify,
    /// Rung where a longer answer than usual is awaited.
    widened: Notify,
    /// Progress that belongs to no open question, of all connections of one server.
    unheard: Arc<AtomicU64>,
}

impl Desk {
    /// The desk of a connection of the server that counts there what nobody hears.
    pub(super) fn of(unheard: Arc<AtomicU64>) -> Self {
        Self {
            unheard,
            ..Self::default()
        }
    }

    /// Gives progress to the question that asked for it, while that is open; all else is counted.
    pub(super) fn told(&self, params: Object) {
        let heard = SealedProgress::read(params).and_then(|(token, said)| {
            let open = self.open();
            let mut listening = open.values().filter_map(|waiting| match waiting {
                Waiting::Exchange(exchange) => exchange.teller_of(&token),
                Waiting::Lifecycle(_) | Waiting::Nobody => None,
            });
            listening.next().map(|teller| teller.tell(said))
        });
        if heard.is_none() {
            self.unheard.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that rmcp asks under this id, for a step of the lifecycle; `false` where the connection has ended, or the
    /// id was given before.
    pub(super) fn open_step(&self, id: i64, step: Lifecycle) -> bool {
        let mut open = self.open();
        if self.fault().is_some() || id < self.next.load(Ordering::SeqCst) {
            return false;
        }
        self.next.store(id.saturating_add(1), Ordering::SeqCst);
        open.insert(id, Waiting::Lifecycle(step));
        true
    }

    /// Gives a question its id; nothing where the connection has ended.
    pub(super) fn open_question(&self, exchange: &Exchange) -> Option<i64> {
        let mut open = self.open();
        if self.fault().is_some() {
            return None;
        }
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        open.insert(id, Waiting::Exchange(exchange.clone()));
        if exchange.bytes_max() > limits::RESPONSE_BYTES_MAX {
            self.widened.notify_one();
        }
        Some(id)
    }

    /// Takes a question back of which nothing was written.
    pub(super) fn take_back(&self, id: i64) {
        self.open().remove(&id);
    }

    /// Who waits for this id. It is asked once: a second answer is a stray.
    pub(super) fn take(&self, id: i64) -> Option<Waiting> {
        let waiting = self.open().remove(&id)?;
        if !matches!(waiting, Waiting::Nobody) {
            self.timeouts.store(0, Ordering::SeqCst);
        }
        Some(waiting)
    }

    /// How long the next line may be, in bytes: as long as the longest answer that is awaited.
    pub(super) fn bytes_max(&self) -> usize {
        let awaited = |waiting: &Waiting| match waiting {
            Waiting::Exchange(exchange) => exchange.bytes_max(),
            Waiting::Lifecycle(_) | Waiting::Nobody => 0,
        };
        let longest = self.open().values().map(awaited).max().unwrap_or(0);
        longest.max(limits::RESPONSE_BYTES_MAX)
    }

    /// Returns once an answer is awaited that may be longer than usual. For one waiter: the transport.
    pub(super) async fn widened(&self) {
        self.widened.notified().await;
    }

    /// The one step of the lifecycle that is open, for servers that answer it with an error without id.
    pub(super) fn sole_lifecycle(&self) -> Option<i64> {
        let open = self.open();
        let mut steps = open
            .iter()
            .filter(|(_, waiting)| matches!(waiting, Waiting::Lifecycle(_)));
        match (steps.next(), steps.next()) {
            (Some((id, _)), None) => Some(*id),
            _ => None,
        }
    }

    /// Counts an answer to nothing; `false` where it was one too many.
    pub(super) fn stray(&self) -> bool {
        self.strays.fetch_add(1, Ordering::SeqCst) + 1 < limits::STRAY_ANSWERS_MAX
    }

    /// Gives a question up. Its late answer is expected until there are too many of its kind. `false`
    /// where the child has left too many in a row unanswered.
    pub(super) fn abandon(&self, id: i64) -> bool {
        self.forget(id);
        self.timeouts.fetch_add(1, Ordering::SeqCst) + 1 < limits::TIMEOUTS_IN_A_ROW_MAX
    }

    /// Gives a question up that nobody wants to have answered any more: no fault of the child.
    pub(super) fn forget(&self, id: i64) {
        let mut open = self.open();
        if let Some(waiting) = open.get_mut(&id) {
            *waiting = Waiting::Nobody;
        }
        let abandoned = |waiting: &Waiting| matches!(waiting, Waiting::Nobody);
        if open.values().filter(|w| abandoned(w)).count() > limits::ABANDONED_CALLS_MAX {
            let oldest = open.iter().find(|(_, w)| abandoned(w)).map(|(id, _)| *id);
            oldest.map(|id| open.remove(&id));
        }
    }

    /// Ends the connection: every open question gets the first fault, and none is taken any more.
    pub(super) fn fail(&self, code: FailureCode) {
        let mut open = self.open();
        let code = *self.fault().get_or_insert(code);
        for waiting in std::mem::take(&mut *open).into_values() {
            if let Waiting::Exchange(exchange) = waiting {
                exchange.answer(Err::<Answer, _>(code));
            }
        }
        self.failed.notify_one();
        self.announced.notify_one();
    }

    /// Returns once the connection has ended. For one waiter: the transport.
    pub(super) async fn failed(&self) {
        self.failed.notified().await;
    }

    /// Why the connection has ended, if it has.
    pub(super) fn ended(&self) -> Option<FailureCode> {
        *self.fault()
    }

    /// Notes that the child says that its tools have changed.
    pub(super) fn tools_changed(&self) {
        self.changed.store(true, Ordering::SeqCst);
        self.announced.notify_one();
    }

    /// Returns once the child has said so, or the connection has ended: whether it is the former. For one waiter: who
    /// looks then.
    pub(super) async fn announced(&self) -> bool {
        self.announced.notified().await;
        self.ended().is_none()
    }

    /// Whether it has said so since that was last taken.
    pub(super) fn has_tools_changed(&self) -> bool {
        self.changed.load(Ordering::SeqCst)
    }

    /// Whether it has said so since this was last asked.
    pub(super) fn take_tools_changed(&self) -> bool {
        self.changed.swap(false, Ordering::SeqCst)
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<i64, Waiting>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self) -> MutexGuard<'_, Option<FailureCode>> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
