//! Connections of whom nobody has said yet who they are: where there is no more room, the one that has waited longest
//! gives way, so that who says nothing keeps nobody out.
//! Knows nothing of tokens.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The name of one that had to give way.
pub(super) const CROWDED: &str = "http.crowded";

/// All who are not known, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Strangers(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    came: u64,
    asked_to_go: BTreeMap<u64, oneshot::Sender<()>>,
}

/// One connection. It is a stranger until it is known, or over.
#[derive(Debug)]
pub(super) struct Stranger {
    number: u64,
    all: Strangers,
}

impl Strangers {
    /// A connection that has just come, and the word that it has to go, if that comes.
    pub(super) fn enter(&self) -> (Stranger, oneshot::Receiver<()>) {
        let (sender, asked_to_go) = oneshot::channel();
        let mut waiting = self.waiting();
        waiting.came = waiting.came.wrapping_add(1);
        let number = waiting.came;
        waiting.asked_to_go.insert(number, sender);
        let all = self.clone();
        (Stranger { number, all }, asked_to_go)
    }

    /// Sends the one away that has waited longest, if there is one.
    pub(super) fn give_way(&self) {
        let longest = self.waiting().asked_to_go.pop_first();
        if let Some((_, sender)) = longest {
            // It has gone by itself.
            let _ = sender.send(());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stranger {
    /// It has said who it is, and stays.
    pub(super) fn is_known(&self) {
        self.all.waiting().asked_to_go.remove(&self.number);
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.is_known();
    }
}
