//! Whether an agent still wants the answer to a call, and who is told of its progress meanwhile.
//! Knows nothing of calls: it cuts nothing by itself, whoever holds it decides what it is worth.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::progress::{Ear, Teller};

/// The wish for one answer. It can be withdrawn once, by who made it.
#[derive(Clone, Debug)]
pub struct Wish {
    /// `None` where nobody can withdraw it.
    state: Option<Arc<State>>,
    ear: Option<Ear>,
    teller: Option<Teller>,
}

/// The other end of a wish.
#[derive(Debug)]
pub struct Withdrawal(Arc<State>);

#[derive(Debug, Default)]
struct State {
    withdrawn: AtomicBool,
    /// Rung once that is so.
    bell: Notify,
}

impl Wish {
    /// A wish and the means to withdraw it.
    #[must_use]
    pub fn new() -> (Withdrawal, Self) {
        let state = Arc::<State>::default();
        let wish = Self {
            state: Some(Arc::clone(&state)),
            ear: None,
            teller: None,
        };
        (Withdrawal(state), wish)
    }

    /// Who wishes hears of progress, too.
    #[must_use]
    pub fn hearing(mut self, ear: Ear) -> Self {
        self.ear = Some(ear);
        self
    }

    /// Takes the ear: what is told to it must have passed egress.
    pub fn take_ear(&mut self) -> Option<Ear> {
        self.ear.take()
    }

    /// Who carries out the wish tells of progress there.
    #[must_use]
    pub fn telling(mut self, teller: Option<Teller>) -> Self {
        self.teller = teller;
        self
    }

    /// Where progress is told, if anybody listens.
    #[must_use]
    pub fn teller(&self) -> Option<&Teller> {
        self.teller.as_ref()
    }

    /// A wish that nobody can withdraw: the kernel's own.
    #[must_use]
    pub fn standing() -> Self {
        Self {
            state: None,
            ear: None,
            teller: None,
        }
    }

    /// Whether it is withdrawn.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.state.as_ref().is_some_and(|state| state.is_done())
    }

    /// Returns once it is withdrawn; never where that cannot be.
    pub async fn withdrawn(&self) {
        let Some(state) = &self.state else {
            return pending().await;
        };
        // Asked for before it is looked at: a bell that rings in between is heard.
        let rung = state.bell.notified();
        if !state.is_done() {
            rung.await;
        }
    }
}

impl Withdrawal {
    /// Withdraws the wish.
    pub fn withdraw(&self) {
        self.0.withdrawn.store(true, Ordering::SeqCst);
        self.0.bell.notify_waiters();
    }

    /// Whether that was done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.0.is_done()
    }
}

impl State {
    fn is_done(&self) -> bool {
        self.withdrawn.load(Ordering::SeqCst)
    }
}
