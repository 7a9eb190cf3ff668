//! Answers on their way to the requests that wait for them.
//! Knows nothing of HTTP.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aegis_core::limits::PROGRESS_QUEUE_MAX;
use tokio::sync::{mpsc, oneshot};

use super::super::outlet::{Answer, Answers};
use crate::wire::Id;

/// What comes before an answer.
#[derive(Debug)]
pub(super) enum Sign {
    /// The call was let through.
    Begun,
    /// A notification.
    Told(String),
}

/// Where one request waits for its answer, and what comes before it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) signs: mpsc::Receiver<Sign>,
    pub(super) answer: oneshot::Receiver<Answer>,
}

#[derive(Debug)]
struct Seat {
    signs: mpsc::Sender<Sign>,
    answer: oneshot::Sender<Answer>,
}

/// The requests of one connection that wait for their answers.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    open: Mutex<HashMap<Id, Seat>>,
}

impl Waiting {
    /// Waits for the answer to this id; `None` where somebody does already.
    pub(super) fn expect(&self, id: Id) -> Option<Place> {
        match self.lock().entry(id) {
            Entry::Occupied(_) => None,
            Entry::Vacant(slot) => {
                let (signs, before) = mpsc::channel(PROGRESS_QUEUE_MAX);
                let (sender, answer) = oneshot::channel();
                slot.insert(Seat {
                    signs,
                    answer: sender,
                });
                Some(Place {
                    signs: before,
                    answer,
                })
            }
        }
    }

    /// Nobody waits for a client that reads slowly, or not at all: what finds no room is dropped.
    fn sign(&self, id: &Id, sign: Sign) {
        if let Some(seat) = self.lock().get(id) {
            let _ = seat.signs.try_send(sign);
        }
    }

    /// Waits no more: the request was refused.
    pub(super) fn forget(&self, id: &Id) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Seat>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers for Waiting {
    fn begun(&self, id: &Id) {
        self.sign(id, Sign::Begun);
    }

    async fn tell(&self, id: &Id, text: String) {
        self.sign(id, Sign::Told(text));
    }

    async fn deliver(&self, answer: Answer) -> io::Result<()> {
        let seat = self.lock().remove(&answer.id);
        if let Some(seat) = seat {
            // Whoever has gone hears nothing; the call is in the log all the same.
            let _ = seat.answer.send(answer);
        }
        Ok(())
    }

    async fn close(&self) -> io::Result<()> {
        self.lock().clear();
        Ok(())
    }
}
