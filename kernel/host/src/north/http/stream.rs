//! What a session of the older era has by GET: that tools have changed, with ids by which it is resumed.
//! Knows nothing of heads and statuses.
//!
//! Every message of it says the same, so nothing is kept for replay: the id of an event is the number of the change
//! that it tells of, and whoever shows an older one is told once that there were others since.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::super::in_flight::Budget;
use super::super::open::{Next, Open};
use super::super::serve::LIST_CHANGED;

/// What an id begins with: the one stream that a session has.
const ID: &str = "lists-";

/// After how long a client opens the stream again, in milliseconds.
const RETRY_MS: u64 = 1_000;

/// Pieces that wait for who reads slowly.
pub(super) const PIECES_MAX: usize = 4;

/// The stream of one session, over all the connections that carry it one after the other.
#[derive(Debug)]
pub(super) struct Stream {
    /// The number of the newest change that it has told of.
    told: Mutex<u64>,
    /// Which connection carries it; none where the session is over.
    turn: watch::Sender<Option<u64>>,
}

/// One connection that carries it.
#[derive(Debug)]
pub(super) struct Carrier {
    stream: Arc<Stream>,
    turn: watch::Receiver<Option<u64>>,
    own: u64,
    cursor: u64,
}

/// One stream by GET, with all that it needs.
pub(super) struct Feed {
    pub(super) carrier: Carrier,
    pub(super) lists: watch::Receiver<u64>,
    pub(super) open: Open,
    pub(super) beat: Duration,
    /// Whether it begins with an event that holds its id alone.
    pub(super) primes: bool,
    /// Room for it, until it ends.
    pub(super) room: Budget,
}

impl Stream {
    /// Of a session that begins when this is the number of changes.
    pub(super) fn since(changes: u64) -> Self {
        Self {
            told: Mutex::new(changes),
            turn: watch::Sender::new(Some(0)),
        }
    }

    /// Goes on, on another connection: the one before ends. `last` is the id of the event that the client has seen
    /// last; `None` where that is none of this stream's, or the session is over.
    pub(super) fn carry(self: &Arc<Self>, last: Option<&str>) -> Option<Carrier> {
        // Held until the turn has changed: no change is told of twice.
        let told = self.lock();
        let cursor = match last {
            None => *told,
            Some(id) => read(id).filter(|seen| *seen <= *told)?,
        };
        let mut own = None;
        self.turn.send_if_modified(|turn| {
            *turn = turn.map(|turn| turn.wrapping_add(1));
            own = *turn;
            own.is_some()
        });
        Some(Carrier {
            turn: self.turn.subscribe(),
            stream: Arc::clone(self),
            own: own?,
            cursor,
        })
    }

    /// Ends it: the session is over.
    pub(super) fn close(&self) {
        self.turn.send_replace(None);
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Carrier {
    /// Notes that this change is told of here; `false` where another connection carries the stream by now.
    fn tells(&mut self, change: u64) -> bool {
        let mut told = self.stream.lock();
        let mine = *self.turn.borrow() == Some(self.own);
        if mine {
            *told = change.max(*told);
            self.cursor = change;
        }
        mine
    }

    /// Returns once another connection carries it, or the session is over.
    async fn lost(&mut self) {
        let own = self.own;
        let _ = self.turn.wait_for(|turn| *turn != Some(own)).await;
    }
}

impl Feed {
    /// Tells of changes for as long as it may. `false` where the client read too slowly to be told.
    pub(super) async fn run(self, pieces: mpsc::Sender<Bytes>) -> bool {
        let Self {
            mut carrier,
            mut lists,
            mut open,
            beat,
            primes,
            room: _room,
        } = self;
        let mut sent = send(&pieces, first(carrier.cursor, primes));
        let mut beats = interval(beat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats.tick().await; // the first one is at once
        loop {
            let now = *lists.borrow_and_update();
            if now != carrier.cursor {
                if !carrier.tells(now) {
                    return true;
                }
                sent &= send(&pieces, event(now));
            }
            if !sent {
                return pieces.is_closed();
            }
            tokio::select! {
                biased;
                () = pieces.closed() => return true,
                () = carrier.lost() => return true,
                next = open.next(&mut lists) => match next {
                    Next::Changed => {}
                    Next::Idle | Next::Ending => return true,
                },
                _ = beats.tick() => sent = send(&pieces, Bytes::from_static(BEAT)),
            }
        }
    }
}

/// A comment, and no event: some clients take an empty line after it for an event of its own.
pub(super) const BEAT: &[u8] = b":\n";

/// The id of this change, as a client shows it.
fn id(change: u64) -> String {
    format!("{ID}{change}")
}

fn read(text: &str) -> Option<u64> {
    let change = text.strip_prefix(ID)?.parse().ok()?;
    // Written as it was given: no sign and no zero before it.
    (id(change) == text).then_some(change)
}

/// What a client needs to come back, or nothing that it could take for a message.
fn first(cursor: u64, primes: bool) -> Bytes {
    match primes {
        true => Bytes::from(format!("retry: {RETRY_MS}\nid: {}\ndata:\n\n", id(cursor))),
        false => Bytes::from_static(BEAT),
    }
}

fn event(change: u64) -> Bytes {
    Bytes::from(format!(
        "event: message\nid: {}\ndata: {LIST_CHANGED}\n\n",
        id(change)
    ))
}

/// Nobody is waited for: whoever has not read the last pieces is behind for good.
fn send(pieces: &mpsc::Sender<Bytes>, piece: Bytes) -> bool {
    pieces.try_send(piece).is_ok()
}
