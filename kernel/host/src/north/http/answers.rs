//! Answers on their way to the requests that wait for them.
//! Knows nothing of HTTP.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::super::outlet::{Answer, Answers};
use crate::wire::Id;

/// The requests of one connection that wait for their answers.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    open: Mutex<HashMap<Id, oneshot::Sender<Answer>>>,
}

impl Waiting {
    /// Waits for the answer to this id; `None` where somebody does already.
    pub(super) fn expect(&self, id: Id) -> Option<oneshot::Receiver<Answer>> {
        match self.lock().entry(id) {
            Entry::Occupied(_) => None,
            Entry::Vacant(slot) => {
                let (sender, receiver) = oneshot::channel();
                slot.insert(sender);
                Some(receiver)
            }
        }
    }

    /// Waits no more: the request was refused.
    pub(super) fn forget(&self, id: &Id) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, oneshot::Sender<Answer>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers for Waiting {
    async fn deliver(&self, answer: Answer) -> io::Result<()> {
        let waiting = self.lock().remove(&answer.id);
        if let Some(waiting) = waiting {
            // Whoever has gone hears nothing; the call is in the log all the same.
            let _ = waiting.send(answer);
        }
        Ok(())
    }

    async fn close(&self) -> io::Result<()> {
        self.lock().clear();
        Ok(())
    }
}
