//! Whether an agent still wants the answer to a call.
//! Knows nothing of calls: it cuts nothing by itself, whoever holds it decides what it is worth.

use std::future::pending;

use tokio::sync::watch;

/// The wish for one answer. It can be withdrawn once, by who made it.
#[derive(Clone, Debug)]
pub struct Wish(watch::Receiver<bool>);

/// The other end of a wish.
#[derive(Debug)]
pub struct Withdrawal(watch::Sender<bool>);

impl Wish {
    /// A wish and the means to withdraw it.
    #[must_use]
    pub fn new() -> (Withdrawal, Self) {
        let (sender, receiver) = watch::channel(false);
        (Withdrawal(sender), Self(receiver))
    }

    /// A wish that nobody can withdraw: the kernel's own.
    #[must_use]
    pub fn standing() -> Self {
        Self::new().1
    }

    /// Whether it is withdrawn.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it is withdrawn; never where that cannot be any more.
    pub async fn withdrawn(&mut self) {
        if self.0.wait_for(|withdrawn| *withdrawn).await.is_err() {
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
