//! Whether an agent still wants the answer to a call, and who is told of its progress meanwhile.
//! Knows nothing of calls: it cuts nothing by itself, whoever holds it decides what it is worth.

use std::future::pending;

use tokio::sync::watch;

use crate::progress::{Ear, Teller};

/// The wish for one answer. It can be withdrawn once, by who made it.
#[derive(Clone, Debug)]
pub struct Wish {
    withdrawn: watch::Receiver<bool>,
    ear: Option<Ear>,
    teller: Option<Teller>,
}

/// The other end of a wish.
#[derive(Debug)]
pub struct Withdrawal(watch::Sender<bool>);

impl Wish {
    /// A wish and the means to withdraw it.
    #[must_use]
    pub fn new() -> (Withdrawal, Self) {
        let (sender, withdrawn) = watch::channel(false);
        let wish = Self {
            withdrawn,
            ear: None,
            teller: None,
        };
        (Withdrawal(sender), wish)
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
        Self::new().1
    }

    /// Whether it is withdrawn.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        *self.withdrawn.borrow()
    }

    /// Returns once it is withdrawn; never where that cannot be any more.
    pub async fn withdrawn(&mut self) {
        if self
            .withdrawn
            .wait_for(|withdrawn| *withdrawn)
            .await
            .is_err()
        {
            pending::<()>().await;
        }
    }
}

impl Withdrawal {
    /// Withdraws the wish.
    pub fn withdraw(&self) {
        self.0.send_replace(true);
    }

    /// Whether that was done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        *self.0.borrow()
    }
}
