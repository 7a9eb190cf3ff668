//! One message as one HTTP request, and what its response says, message by message.
//! Knows nothing of who waits for it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aegis_core::json::Json;
use aegis_core::limits;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderValue;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;

use super::Remote;
use super::fault::Fault;
use super::head::{Session, Spoken, headers, session_id};
use super::pool::Pool;
use super::response::{Reading, is_of_an_older_era};
use crate::dial::Connection;
use crate::south::exchange::Exchange;
use crate::wire::{Frame, Id};

/// One question on its way.
pub(super) struct Post {
    pub(super) id: i64,
    pub(super) text: String,
    pub(super) exchange: Option<Exchange>,
    pub(super) spoken: Spoken,
    /// Whether it opens a session.
    pub(super) opens: bool,
}

impl Post {
    /// How long its answer may be, in bytes.
    fn bytes_max(&self) -> usize {
        let own = self.exchange.as_ref().map(Exchange::bytes_max);
        own.unwrap_or(limits::RESPONSE_BYTES_MAX)
    }

    /// Whether a message is the answer to it.
    fn is_answered_by(&self, message: &Json) -> bool {
        let id = message.get("id").and_then(Id::from_json);
        id == Some(Id::Number(self.id)) && message.get("method").is_none()
    }
}

/// What happened to a question.
pub(super) enum News {
    /// Its response holds a message.
    Message { from: i64, frame: Frame },
    /// Its response has ended.
    Ended { from: i64, fault: Option<Fault> },
}

/// Sends messages to one server.
pub(super) struct Poster {
    remote: Arc<Remote>,
    pool: Pool,
    session: Mutex<Session>,
    news: mpsc::Sender<News>,
}

impl Poster {
    pub(super) fn new(remote: Arc<Remote>, news: mpsc::Sender<News>) -> Self {
        Self {
            pool: Pool::new(Arc::clone(&remote)),
            remote,
            session: Mutex::default(),
            news,
        }
    }

    /// Asks a question. All that comes of it is news, the last piece of it that it has ended.
    pub(super) async fn ask(&self, post: Post) {
        let fault = self.carry(&post).await.err();
        self.ended(post.id, fault).await;
    }

    /// Says that nobody wants the answer of a question any more.
    pub(super) async fn given_up(&self, id: i64) {
        self.ended(id, Some(Fault::GivenUp)).await;
    }

    async fn ended(&self, from: i64, fault: Option<Fault>) {
        // Who does not hear it has ended too.
        let _ = self.news.send(News::Ended { from, fault }).await;
    }

    /// Tells the server something within its session.
    pub(super) async fn tell(&self, text: String) -> Result<(), Fault> {
        let telling = async {
            let _place = self.pool.place().await.ok_or(Fault::Cut)?;
            self.tell_at_once(text).await
        };
        let told = timeout(Duration::from_millis(limits::NOTIFY_MS), telling).await;
        told.unwrap_or(Err(Fault::Cut))
    }

    /// As [`Self::tell`], for who has a place already.
    pub(super) async fn tell_at_once(&self, text: String) -> Result<(), Fault> {
        let request = |text: &str| self.request(Method::POST, text, &Spoken::InSession, None);
        let (connection, response) = self.sent(|| request(&text), None).await?;
        let status = response.status();
        self.let_go(connection, response).await;
        match status.is_success() {
            true => Ok(()),
            false => Err(Fault::Refused(status.as_u16())),
        }
    }

    /// Ends the session, where there is one.
    pub(super) async fn end_session(&self) {
        if self.session().id.is_some() {
            let request = || self.request(Method::DELETE, "", &Spoken::InSession, None);
            // A server may not want to have its sessions ended.
            let _ = self.sent(request, None).await;
        }
    }

    /// A place for a message that does not wait for one.
    pub(super) fn free_place(&self) -> Option<OwnedSemaphorePermit> {
        self.pool.free_place()
    }

    /// Lets go of all connections that are not at work.
    pub(super) fn clear(&self) {
        self.pool.clear();
    }

    pub(super) fn note(&self, fault: Fault) {
        self.remote.note(fault);
    }

    async fn carry(&self, post: &Post) -> Result<(), Fault> {
        let _place = self.pool.place().await.ok_or(Fault::Cut)?;
        let exchange = post.exchange.as_ref();
        let request = || self.request(Method::POST, &post.text, &post.spoken, exchange);
        let (connection, response) = self.sent(request, exchange).await?;
        if post.opens && response.status().is_success() {
            self.lock().id = session_id(response.headers())?;
        }
        let in_session = matches!(post.spoken, Spoken::InSession) && self.session().id.is_some();
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            let lost = in_session && !post.opens && status == StatusCode::NOT_FOUND;
            return self.objected(post, response, lost).await;
        }
        let reading = Reading::of(response, post.bytes_max())?;
        self.read(post, reading, connection).await
    }

    /// Sends a request over a kept connection or a new one. Where not one byte has left over the first, it is sent
    /// over the second; never again once one has.
    async fn sent(
        &self,
        request: impl Fn() -> Result<Request<Full<Bytes>>, Fault>,
        exchange: Option<&Exchange>,
    ) -> Result<(Connection, Response<Incoming>), Fault> {
        let mut kept = self.pool.kept().await;
        let mut begun = false;
        loop {
            let is_kept = kept.is_some();
            let mut connection = match kept.take() {
                Some(connection) => connection,
                None => match self.pool.opened().await {
                    Ok(connection) => connection,
                    Err(fault) => {
                        unbegun(exchange);
                        return Err(fault);
                    }
                },
            };
            let request = request()?;
            if !begun && !exchange.is_none_or(Exchange::begin) {
                return Err(Fault::GivenUp);
            }
            begun = true;
            match connection.send(request).await {
                Ok(response) => return Ok((connection, response)),
                Err(unsent) if !unsent.begun && is_kept => {}
                Err(unsent) => {
                    if !unsent.begun {
                        unbegun(exchange);
                    }
                    return Err(match unsent.unreadable {
                        true => Fault::Unreadable,
                        false => Fault::Cut,
                    });
                }
            }
        }
    }

    /// Reads a response to its end, message by message.
    async fn read(
        &self,
        post: &Post,
        mut reading: Reading,
        connection: Connection,
    ) -> Result<(), Fault> {
        loop {
            let frame = reading.next().await?.ok_or(Fault::Unanswered)?;
            let answered = post.is_answered_by(&frame.json);
            if post.opens && answered {
                self.opened(&frame.json);
            }
            self.heard(post.id, frame).await?;
            if answered {
                break;
            }
        }
        // What else it says is noise or too much; its end makes the connection fit for the next.
        let beside = |frame| async {
            let _ = self.heard(post.id, frame).await;
        };
        if reading.rest(beside).await {
            self.pool.keep(connection);
        }
        Ok(())
    }

    async fn heard(&self, from: i64, frame: Frame) -> Result<(), Fault> {
        let told = self.news.send(News::Message { from, frame }).await;
        told.map_err(|_| Fault::GivenUp)
    }

    /// What the server says beside a status that is no success. An error in JSON-RPC's sense is an answer too; and
    /// who does not know of the newer era may say so by the status alone.
    async fn objected(
        &self,
        post: &Post,
        response: Response<Incoming>,
        is_session_lost: bool,
    ) -> Result<(), Fault> {
        let status = response.status();
        let is_lifecycle = post.exchange.is_none();
        let is_probe = is_lifecycle && matches!(post.spoken, Spoken::Alone { .. });
        if is_lifecycle && matches!(status.as_u16(), 401 | 403 | 407 | 429) {
            return Err(Fault::Refused(status.as_u16()));
        }
        let said = Reading::objection(response).await;
        let said = said.filter(|frame| {
            let error = frame.json.get("error").is_some();
            error && (post.is_answered_by(&frame.json) || is_lifecycle && is_unaddressed(frame))
        });
        match said {
            Some(frame) => self.heard(post.id, frame).await,
            None if is_probe && is_of_an_older_era(status) => {
                self.heard(post.id, not_offered(post.id)).await
            }
            None if is_session_lost => Err(Fault::SessionOver),
            None if status.is_server_error() => Err(Fault::Failed(status.as_u16())),
            None => Err(Fault::Refused(status.as_u16())),
        }
    }

    fn opened(&self, answer: &Json) {
        let version = answer
            .get("result")
            .and_then(|it| it.get("protocolVersion"));
        let version = version.and_then(Json::as_str);
        let version = version.filter(|version| version.len() <= limits::NAME_BYTES_MAX);
        self.lock().version = version.and_then(|version| HeaderValue::from_str(version).ok());
    }

    async fn let_go(&self, connection: Connection, response: Response<Incoming>) {
        let mut reading = Reading::discarding(response);
        if reading.rest(|_| std::future::ready(())).await {
            self.pool.keep(connection);
        }
    }

    fn request(
        &self,
        method: Method,
        text: &str,
        spoken: &Spoken,
        exchange: Option<&Exchange>,
    ) -> Result<Request<Full<Bytes>>, Fault> {
        let body = Full::new(Bytes::copy_from_slice(text.as_bytes()));
        let request = Request::builder()
            .method(method)
            .uri(self.remote.address.path())
            .body(body);
        let mut request = request.map_err(|_| Fault::Unreachable)?;
        *request.headers_mut() = headers(&self.remote, spoken, &self.session(), exchange)?;
        Ok(request)
    }

    fn session(&self) -> Session {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unbegun(exchange: Option<&Exchange>) {
    if let Some(exchange) = exchange {
        exchange.unbegun();
    }
}

/// Whether a message names no request of ours: all of ours have numbers.
fn is_unaddressed(frame: &Frame) -> bool {
    let id = frame.json.get("id").and_then(Id::from_json);
    !matches!(id, Some(Id::Number(_)))
}

/// The answer of a server that does not know of what it is asked.
fn not_offered(id: i64) -> Frame {
    let error = Json::object([
        ("code", Json::from(-32601_i64)),
        ("message", Json::from("not offered")),
    ]);
    let json = Json::object([
        ("jsonrpc", Json::from("2.0")),
        ("id", Json::from(id)),
        ("error", error),
    ]);
    Frame { json, bytes: 0 }
}
