//! One request that was taken: its answer as one text, or as events where it is heard of before.
//! Knows nothing of heads and statuses.

use std::sync::Arc;
use std::time::Duration;

use hyper::Response;
use hyper::body::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::super::outlet::Answer;
use super::answers::{Place, Sign};
use super::body::{self, Body};
use super::session::Session;
use super::stream::BEAT;
use crate::wire::Id;

/// That the client has gone away: nobody sends, the other end is dropped.
pub(super) type Gone = oneshot::Receiver<()>;

/// A request that was taken.
pub(super) struct Awaited {
    pub(super) id: Id,
    pub(super) place: Place,
    /// Kept until the answer is there: what has begun ends in it.
    pub(super) session: Arc<Session>,
    /// Whether the client takes events.
    pub(super) events: bool,
    /// How often a stream says that it is there.
    pub(super) beat: Duration,
    /// Whether who goes away cancels: so it is in 2026-07-28, where each request has a response of its own.
    pub(super) cancels: bool,
}

/// What a request has come to.
pub(super) enum Reached {
    /// Its end.
    Answer(Answer),
    /// A call that was let through, and is heard of from now on.
    Events(Response<Body>),
}

impl Awaited {
    /// Waits for the answer, or until a call was let through whose progress the client takes. `None` where the
    /// session ends first.
    pub(super) async fn reached(mut self, mut gone: Gone) -> Option<Reached> {
        let mut here = true;
        loop {
            tokio::select! {
                // A call that was let through is a stream, however fast it is.
                biased;
                Some(_) = self.place.signs.recv(), if self.events => {
                    let (pieces, body) = mpsc::channel(1);
                    tokio::spawn(self.feed(pieces));
                    return Some(Reached::Events(body::events(body)));
                }
                answer = &mut self.place.answer => return answer.ok().map(Reached::Answer),
                _ = &mut gone, if here => {
                    here = false;
                    self.left();
                }
            }
        }
    }

    /// Tells what there is to tell, and at last the answer. Who reads slowly is waited for here alone.
    async fn feed(mut self, pieces: mpsc::Sender<Bytes>) {
        let mut here = true;
        let answer = loop {
            tokio::select! {
                biased;
                () = pieces.closed(), if here => {
                    here = false;
                    self.left();
                }
                Some(sign) = self.place.signs.recv() => tell(&pieces, sign).await,
                answer = &mut self.place.answer => break answer,
                () = sleep(self.beat), if here => {
                    let _ = pieces.send(Bytes::from_static(BEAT)).await;
                }
            }
        };
        while let Ok(sign) = self.place.signs.try_recv() {
            tell(&pieces, sign).await;
        }
        if let Ok(Answer {
            text: Some(text), ..
        }) = answer
        {
            tell(&pieces, Sign::Told(text)).await;
        }
    }

    fn left(&self) {
        if self.cancels {
            self.session.cancel(&self.id);
        }
    }
}

/// One event: a JSON text holds no line ends of its own.
async fn tell(pieces: &mpsc::Sender<Bytes>, sign: Sign) {
    if let Sign::Told(text) = sign {
        let event = format!("event: message\ndata: {text}\n\n");
        // Whoever has gone is seen by the loop.
        let _ = pieces.send(Bytes::from(event)).await;
    }
}
