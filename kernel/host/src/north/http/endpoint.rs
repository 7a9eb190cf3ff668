//! One request over HTTP, from its head to its answer.
//! Knows nothing of sockets.

use std::sync::{Arc, Weak};

use hyper::body::{Body as HttpBody, Bytes};
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::mpsc;

use super::super::Mediator;
use super::super::in_flight::Budget;
use super::super::open::Open;
use super::super::reception::TOO_MANY_STREAMS;
use super::super::refused::{
    INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, UNSUPPORTED_VERSION,
};
use super::super::{outlet::Answer, run};
use super::awaited::{Awaited, Gone, Reached};
use super::bearers::Speaker;
use super::body::{self, Body};
use super::doorman::{Doorman, only, takes_events};
use super::fault::{Beside, HEADER_MISMATCH, HttpRefused};
use super::guests::Guest;
use super::headers::{self, Era, SESSION};
use super::intake;
use super::pace::Pace;
use super::session::{Session, Sessions};
use super::stream::{Feed, PIECES_MAX};
use crate::wire::{Frame, Id};

/// MCP 2026-07-28.
const MISSING_CAPABILITY: i64 = -32_021;

/// The id of the last event that a client has seen (WHATWG HTML §9.2).
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// The name of a client that leaves unread what it is sent.
pub(super) const SLOW_READER: &str = "http.slow-reader";

/// One message as it came.
struct Asked {
    id: Option<Id>,
    frame: Frame,
    /// None for what wants no answer.
    budget: Option<Budget>,
    gone: Gone,
}

/// The one path of the server.
#[derive(Debug)]
pub(super) struct Endpoint<M> {
    pub(super) mediator: Arc<M>,
    pub(super) doorman: Doorman,
    /// One table for each principal, in the order of the bearers: what is another's is not there.
    pub(super) sessions: Vec<Sessions>,
    /// How long what stays open does; nothing does where it is not to.
    pub(super) open: Option<Open>,
    pub(super) pace: Pace,
}

impl<M: Mediator> Endpoint<M> {
    /// Answers one request, whatever it is; who is let in is known from then on.
    pub(super) async fn answer<B>(
        &self,
        request: Request<B>,
        from: &Weak<Guest>,
        gone: Gone,
    ) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        match self.respond(request, from, gone).await {
            Ok(response) => response,
            Err(refused) => {
                self.mediator.note_refused(refused.code()).await;
                refused.response()
            }
        }
    }

    async fn respond<B>(
        &self,
        request: Request<B>,
        from: &Weak<Guest>,
        gone: Gone,
    ) -> Result<Response<Body>, HttpRefused>
    where
        B: HttpBody<Data = Bytes> + Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let (at, speaker) = self.doorman.admit(&head)?;
        if let Some(guest) = from.upgrade() {
            guest.is_known(at);
        }
        let Some(sessions) = self.sessions.get(at) else {
            return Err(no_session());
        };
        match head.method {
            Method::DELETE => return self.end(sessions, &head),
            Method::GET => return self.listen(speaker, sessions, &head),
            _ => {}
        }
        let (frame, budget) = intake::take(speaker, &head.headers, body).await?;
        let asked = Asked {
            id: frame.json.get("id").and_then(Id::from_json),
            frame,
            budget,
            gone,
        };
        match headers::era(&head.headers, &asked.frame.json)? {
            Era::Alone { complete } => self.alone(speaker, &head, asked, complete).await,
            Era::Sessions => self.in_session(speaker, sessions, &head, asked).await,
        }
    }

    /// The stream of a session of the older era: from now on, or from where the client has last heard of it.
    fn listen(
        &self,
        speaker: &Speaker,
        sessions: &Sessions,
        head: &Parts,
    ) -> Result<Response<Body>, HttpRefused> {
        let (version, _, session) = self.named(sessions, head)?;
        let Some(open) = self.open.clone() else {
            return Err(self.doorman.wrong_method());
        };
        if !takes_events(&head.headers) {
            return Err(no_events());
        }
        let last = only(&head.headers, &LAST_EVENT).map_err(|()| unknown_event())?;
        let room = speaker
            .share
            .stream()
            .ok_or_else(|| busy(TOO_MANY_STREAMS))?;
        let carrier = session.stream.carry(last).ok_or_else(unknown_event)?;
        let feed = Feed {
            carrier,
            lists: self.mediator.lists(),
            open,
            beat: self.pace.beat,
            primes: headers::primes(version),
            room,
        };
        let (pieces, body) = mpsc::channel(PIECES_MAX);
        let mediator = Arc::clone(&self.mediator);
        tokio::spawn(async move {
            if !feed.run(pieces).await {
                mediator.note_refused(SLOW_READER).await;
            }
        });
        Ok(body::events(body))
    }

    /// The session that a request without a message is about, with its id and the version that is named.
    fn named<'h>(
        &self,
        sessions: &Sessions,
        head: &'h Parts,
    ) -> Result<(Option<&'h str>, &'h str, Arc<Session>), HttpRefused> {
        let version = headers::older(&head.headers)?;
        if !headers::has_sessions(version) {
            return Err(self.doorman.wrong_method());
        }
        let id = only(&head.headers, &SESSION).map_err(|()| no_session())?;
        let id = id.ok_or_else(|| session_required(None))?;
        Ok((version, id, sessions.get(id).ok_or_else(no_session)?))
    }

    fn end(&self, sessions: &Sessions, head: &Parts) -> Result<Response<Body>, HttpRefused> {
        let (_, id, _) = self.named(sessions, head)?;
        match sessions.end(id) {
            true => Ok(body::empty(StatusCode::NO_CONTENT)),
            false => Err(no_session()),
        }
    }

    /// A request of 2026-07-28: a connection of its own, in the run of its principal.
    async fn alone(
        &self,
        speaker: &Speaker,
        head: &Parts,
        asked: Asked,
        complete: bool,
    ) -> Result<Response<Body>, HttpRefused> {
        let events = takes_events(&head.headers);
        let method = asked.frame.json.get("method").and_then(|m| m.as_str());
        if method == Some("subscriptions/listen") && self.open.is_some() && !events {
            return Err(no_events());
        }
        let run = speaker.run.clone();
        let session = Session::begin(&self.mediator, speaker, run, self.open.clone());
        let session = Arc::new(session);
        let place = session.take(asked.frame, asked.budget).await;
        let place = place.map_err(|refused| {
            if refused.code == TOO_MANY_STREAMS {
                let refused = HttpRefused::message(refused);
                let unavailable = refused.status(StatusCode::SERVICE_UNAVAILABLE);
                return unavailable.with(Beside::RetryAfter);
            }
            let refused = HttpRefused::message(refused);
            let status = status(refused.error(), complete);
            match refused.is_addressed() && status != StatusCode::OK {
                true => refused.status(status),
                false => refused,
            }
        })?;
        let (Some(place), Some(id)) = (place, asked.id) else {
            return Ok(body::empty(StatusCode::ACCEPTED));
        };
        let awaited = Awaited {
            id,
            place,
            session,
            events,
            beat: self.pace.beat,
            cancels: true,
        };
        match awaited.reached(asked.gone).await.ok_or_else(ended)? {
            Reached::Events(response) => Ok(response),
            Reached::Answer(answer) => {
                let status = status(answer.error, complete);
                Ok(told(answer, status))
            }
        }
    }

    async fn in_session(
        &self,
        speaker: &Speaker,
        sessions: &Sessions,
        head: &Parts,
        asked: Asked,
    ) -> Result<Response<Body>, HttpRefused> {
        let named = only(&head.headers, &SESSION).map_err(|()| no_session())?;
        let opens = asked.frame.json.get("method").and_then(|m| m.as_str()) == Some("initialize");
        let (session, fresh) = match named {
            Some(id) => (sessions.get(id).ok_or_else(no_session)?, None),
            None if opens => {
                let no_randomness = |_| ended();
                let run = run::fresh().map_err(no_randomness)?;
                let id = run::fresh().map_err(no_randomness)?;
                let session = Session::begin(&self.mediator, speaker, run, self.open.clone());
                (Arc::new(session), Some(id))
            }
            None => return Err(session_required(asked.id)),
        };
        let place = session.take(asked.frame, asked.budget).await;
        let place = place.map_err(|refused| {
            let refused = HttpRefused::message(refused);
            match refused.is_addressed() {
                // The client finds it under its request's id.
                true => refused.status(StatusCode::OK),
                false => refused,
            }
        })?;
        let (Some(place), Some(id)) = (place, asked.id) else {
            return Ok(body::empty(StatusCode::ACCEPTED));
        };
        let awaited = Awaited {
            id,
            place,
            session: Arc::clone(&session),
            events: takes_events(&head.headers),
            beat: self.pace.beat,
            cancels: false,
        };
        let answer = match awaited.reached(asked.gone).await.ok_or_else(ended)? {
            Reached::Events(response) => return Ok(response),
            Reached::Answer(answer) => answer,
        };
        let opened = fresh.filter(|_| answer.error.is_none() && answer.text.is_some());
        let mut response = told(answer, StatusCode::OK);
        if let Some(id) = opened {
            let header = HeaderValue::from_str(&id).map_err(|_| ended())?;
            if !sessions.add(id, session) {
                return Err(busy("http.too-many-sessions"));
            }
            response.headers_mut().insert(SESSION, header);
        }
        Ok(response)
    }
}

/// A cancelled call has no answer: the client has said that it wants none.
fn told(answer: Answer, status: StatusCode) -> Response<Body> {
    match answer.text {
        Some(text) => body::json(status, text),
        None => body::empty(StatusCode::ACCEPTED),
    }
}

/// The status of an answer in 2026-07-28, where middleboxes see what went wrong.
fn status(error: Option<i64>, complete: bool) -> StatusCode {
    match error {
        Some(UNSUPPORTED_VERSION | MISSING_CAPABILITY | HEADER_MISMATCH) => StatusCode::BAD_REQUEST,
        Some(INVALID_PARAMS) if !complete => StatusCode::BAD_REQUEST,
        Some(METHOD_NOT_FOUND) => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    }
}

fn no_session() -> HttpRefused {
    // Another principal's is answered like one that never was.
    HttpRefused::new(
        StatusCode::NOT_FOUND,
        "http.unknown-session",
        "there is no such session: `initialize` opens one",
    )
}

fn session_required(id: Option<Id>) -> HttpRefused {
    HttpRefused::answering(
        StatusCode::BAD_REQUEST,
        "http.session-required",
        id,
        INVALID_REQUEST,
        "a request needs the session that `initialize` has opened",
    )
}

fn no_events() -> HttpRefused {
    HttpRefused::new(
        StatusCode::NOT_ACCEPTABLE,
        "http.accept",
        "what stays open is `text/event-stream`",
    )
}

fn unknown_event() -> HttpRefused {
    HttpRefused::new(
        StatusCode::BAD_REQUEST,
        "http.unknown-event",
        "`Last-Event-ID` is none of this session's: open the stream without it, and list the tools",
    )
}

fn ended() -> HttpRefused {
    HttpRefused::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "http.session-ended",
        "the session ended before the answer; if it was a call, its effect may have happened",
    )
}

pub(super) fn busy(code: &'static str) -> HttpRefused {
    let message = "too much is being worked on for this principal";
    HttpRefused::new(StatusCode::SERVICE_UNAVAILABLE, code, message).with(Beside::RetryAfter)
}
