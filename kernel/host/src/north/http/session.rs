//! Connections over HTTP: one for each session of the older era, and a short one for each request of the newer.
//! Knows nothing of headers and statuses.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use aegis_core::limits::HTTP_SESSIONS_MAX;
use tokio::sync::Mutex;

use super::super::Mediator;
use super::super::calls::Calls;
use super::super::handler::Handler;
use super::super::in_flight::{Budget, InFlight};
use super::super::open::Open;
use super::super::reception::Reception;
use super::super::refused::{INVALID_REQUEST, Refused};
use super::super::serve::converse;
use super::super::transport::NorthTransport;
use super::answers::{Place, Waiting};
use super::bearers::Speaker;
use super::stream::Stream;
use crate::wire::{Frame, Id};

/// One connection: its reception, and who waits for answers.
#[derive(Debug)]
pub(super) struct Session {
    reception: Mutex<Reception>,
    in_flight: Arc<InFlight>,
    waiting: Arc<Waiting>,
    /// What of the older era can be had by GET.
    pub(super) stream: Arc<Stream>,
}

impl Session {
    /// A connection that is not open yet. It lives until it is dropped; what it has begun ends by itself.
    pub(super) fn begin<M: Mediator>(
        mediator: &Arc<M>,
        speaker: &Speaker,
        run: String,
        announces: Option<Open>,
    ) -> Self {
        let stream = Arc::new(Stream::since(*mediator.lists().borrow()));
        let in_flight = Arc::new(InFlight::new(speaker.share.clone()));
        let waiting = Arc::new(Waiting::default());
        let calls = Arc::new(Calls {
            mediator: Arc::clone(mediator),
            principal: speaker.principal.clone(),
            run,
            since: *mediator.changes().borrow(),
            in_flight: Arc::clone(&in_flight),
            answers: Arc::clone(&waiting),
        });
        let begin = Arc::clone(&calls) as _;
        let (reception, requests) = Reception::new(Arc::clone(&in_flight), begin);
        let handler = Handler { calls, announces };
        let transport = NorthTransport {
            mediator: Arc::clone(mediator),
            answers: Arc::clone(&waiting),
            in_flight: Arc::clone(&in_flight),
            requests,
        };
        // However it ends, those who wait are told by their answers being dropped.
        tokio::spawn(converse(handler, transport));
        Self {
            reception: Mutex::new(reception),
            in_flight,
            waiting,
            stream,
        }
    }

    /// Takes one frame; for a request, what its answer will come by.
    ///
    /// # Errors
    /// Where it is refused.
    pub(super) async fn take(
        &self,
        frame: Frame,
        budget: Option<Budget>,
    ) -> Result<Option<Place>, Refused> {
        let mut reception = self.reception.lock().await;
        // Whoever answers may be faster than we are: the place is made before the request is handed on.
        let id = frame.json.get("id").and_then(Id::from_json);
        let place = match &id {
            None => None,
            Some(id) => match self.waiting.expect(id.clone()) {
                Some(place) => Some(place),
                None => return Err(in_use(id.clone())),
            },
        };
        let taken = reception.take(frame, budget).await;
        match (taken, id) {
            (Ok(Some(_)), _) => Ok(place),
            (taken, id) => {
                if let Some(id) = id {
                    self.waiting.forget(&id);
                }
                taken.map(|_| None)
            }
        }
    }
}

impl Session {
    /// The client has gone away, and by that has cancelled: so it is in the newer era.
    pub(super) fn cancel(&self, id: &Id) {
        self.in_flight.cancel(id);
    }
}

/// The sessions of one principal, by id, each with the turn in which it was last used.
#[derive(Debug, Default)]
pub(super) struct Sessions(std::sync::Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    open: HashMap<String, (u64, Arc<Session>)>,
    turn: u64,
}

impl Sessions {
    pub(super) fn get(&self, id: &str) -> Option<Arc<Session>> {
        let mut table = self.lock();
        table.turn += 1;
        let turn = table.turn;
        let (used, session) = table.open.get_mut(id)?;
        *used = turn;
        Some(Arc::clone(session))
    }

    /// Adds a session; where there is no room the one goes that was idle for longest. `false` where all
    /// are at work.
    pub(super) fn add(&self, id: String, session: Arc<Session>) -> bool {
        let mut table = self.lock();
        if table.open.len() >= HTTP_SESSIONS_MAX {
            let idle = table.open.iter();
            let idle = idle.filter(|(_, (_, session))| session.in_flight.is_idle());
            let oldest = idle.min_by_key(|(_, (used, _))| *used);
            let Some(oldest) = oldest.map(|(id, _)| id.clone()) else {
                return false;
            };
            close(table.open.remove(&oldest));
        }
        table.turn += 1;
        let turn = table.turn;
        table.open.insert(id, (turn, session));
        true
    }

    pub(super) fn end(&self, id: &str) -> bool {
        close(self.lock().open.remove(id))
    }

    pub(super) fn end_all(&self) {
        for (_, session) in std::mem::take(&mut self.lock().open) {
            close(Some(session));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is in flight ends by itself; what could go on for ever ends now.
fn close(session: Option<(u64, Arc<Session>)>) -> bool {
    if let Some((_, session)) = &session {
        session.stream.close();
    }
    session.is_some()
}

fn in_use(id: Id) -> Refused {
    Refused::answered(
        "wire.id-in-use",
        Some(id),
        INVALID_REQUEST,
        "a request with this id is still in flight",
    )
}
