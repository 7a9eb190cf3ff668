//! Who is connected. Where there is no more room somebody gives way, so that nobody keeps others out by connections alone.
//! Knows nothing of tokens, nor of what is said.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::futures::Notified;
use tokio::sync::{Notify, oneshot};

/// The name of one that had to give way before it had said who it is.
pub(super) const CROWDED: &str = "http.crowded";

/// All connections, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Guests(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    table: Mutex<Table>,
    /// Rung where one comes to rest.
    bell: Notify,
}

#[derive(Debug, Default)]
struct Table {
    /// Counts who comes and who comes to rest.
    turn: u64,
    strangers: BTreeMap<u64, Words>,
    known: BTreeMap<u64, Known>,
}

/// The words by which one is asked to go.
#[derive(Debug)]
struct Words {
    at_once: oneshot::Sender<()>,
    in_order: oneshot::Sender<()>,
}

/// One of whom it is known who it is.
#[derive(Debug)]
struct Known {
    who: usize,
    /// Since when nothing is asked of it that is not answered.
    rests: Option<u64>,
    in_order: oneshot::Sender<()>,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Guest {
    number: u64,
    all: Guests,
}

/// Where a connection is asked to go, if it is.
#[derive(Debug)]
pub(super) struct Asked {
    /// At once, before it has said who it is.
    pub(super) at_once: oneshot::Receiver<()>,
    /// Once it has been answered.
    pub(super) in_order: oneshot::Receiver<()>,
}

impl Guests {
    /// A connection that has just come: a stranger, until it is known.
    pub(super) fn enter(&self) -> (Guest, Asked) {
        let (at_once, cut) = oneshot::channel();
        let (in_order, leave) = oneshot::channel();
        let mut table = self.table();
        let number = table.tick();
        let words = Words { at_once, in_order };
        table.strangers.insert(number, words);
        let all = self.clone();
        let asked = Asked {
            at_once: cut,
            in_order: leave,
        };
        (Guest { number, all }, asked)
    }

    /// Asks one to go: the stranger that has waited longest, else of those who rest one of the principal that has the most
    /// connections, the one that rests longest.
    pub(super) fn give_way(&self) {
        let mut table = self.table();
        if let Some((_, stranger)) = table.strangers.pop_first() {
            // It may have gone by itself, here and below.
            let _ = stranger.at_once.send(());
            return;
        }
        let mut held: BTreeMap<usize, usize> = BTreeMap::new();
        for known in table.known.values() {
            *held.entry(known.who).or_default() += 1;
        }
        let resting = table.known.iter().filter_map(|(number, known)| {
            let most = held.get(&known.who).copied().unwrap_or_default();
            Some((std::cmp::Reverse(most), known.rests?, *number))
        });
        let least_missed = resting.min().map(|(_, _, number)| number);
        if let Some(known) = least_missed.and_then(|number| table.known.remove(&number)) {
            let _ = known.in_order.send(());
        }
    }

    /// Returns once another one has come to rest after this was called.
    pub(super) fn stirred(&self) -> Notified<'_> {
        self.0.bell.notified()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn tick(&mut self) -> u64 {
        self.turn = self.turn.wrapping_add(1);
        self.turn
    }
}

impl Guest {
    /// It has said that it is this principal, and has asked something.
    pub(super) fn is_known(&self, who: usize) {
        let mut table = self.all.table();
        if let Some(Words { in_order, .. }) = table.strangers.remove(&self.number) {
            let known = Known {
                who,
                rests: None,
                in_order,
            };
            table.known.insert(self.number, known);
        } else if let Some(known) = table.known.get_mut(&self.number) {
            // A front may speak for several.
            known.who = who;
            known.rests = None;
        }
    }

    /// It is answered.
    pub(super) fn rests(&self) {
        let mut table = self.all.table();
        let turn = table.tick();
        if let Some(known) = table.known.get_mut(&self.number) {
            known.rests = Some(turn);
            self.all.0.bell.notify_waiters();
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut table = self.all.table();
        table.strangers.remove(&self.number);
        table.known.remove(&self.number);
    }
}
