//! Listens, and lets each connection in, within bounds, until it is told to end.
//! Knows nothing of what is said on a connection.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aegis_core::limits::{
    DRAIN_MS, HTTP_CONNECTIONS_MAX, HTTP_HEAD_BYTES_MAX, HTTP_HEAD_MS, HTTP_HEADERS_MAX,
};
use hyper::StatusCode;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};

use super::super::Mediator;
use super::super::open::Open;
use super::bearers::Bearers;
use super::body::{self, Last};
use super::doorman::{Doorman, PATH};
use super::endpoint::{Endpoint, SLOW_READER};
use super::guests::{Asked, CROWDED, Guest, Guests};
use super::pace::Pace;
use super::patient::Patient;
use super::session::Sessions;
use super::tls::Tls;

/// What is served, to whom, under which names.
#[derive(Debug)]
pub struct HttpOptions {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Names that the server is called by beside those of the loopback, with their ports.
    pub hosts: Vec<String>,
    /// Origins whose pages may call it, beside its own.
    pub origins: Vec<String>,
    /// Encryption.
    pub tls: Option<Tls>,
    /// Who may speak.
    pub bearers: Bearers,
    /// Whether agents may keep streams open, to hear that tools have changed.
    pub streams: bool,
    /// How long these may be silent, and anything unread.
    pub pace: Pace,
}

/// The name of what is no HTTP/1.1, or has a head beyond bounds: it is answered by a status alone.
const NO_HTTP: &str = "http.bad-head";

/// Why nothing is served.
#[derive(Debug, Error)]
pub enum HttpFault {
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// Nobody may speak.
    #[error("no token is configured, so nobody could speak")]
    NoTokens,
}

/// A listener that serves agents.
#[derive(Debug)]
pub struct HttpServer<M> {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    endpoint: Arc<Endpoint<M>>,
    ending: watch::Sender<bool>,
}

impl<M: Mediator> HttpServer<M> {
    /// Takes the address; nothing is served yet.
    ///
    /// # Errors
    /// Where the address cannot be had, or nobody may speak.
    pub async fn bind(mediator: Arc<M>, options: HttpOptions) -> Result<Self, HttpFault> {
        if options.bearers.is_empty() {
            return Err(HttpFault::NoTokens);
        }
        let refused = |fault| HttpFault::Listen(options.listen, fault);
        let listener = TcpListener::bind(options.listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let scheme = if options.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let mut hosts = own_names(address);
        let own = hosts.iter().map(|host| format!("{scheme}://{host}"));
        let mut origins: Vec<String> = own.collect();
        hosts.extend(options.hosts);
        origins.extend(options.origins);
        let sessions = options.bearers.speakers().map(|_| Sessions::default());
        let sessions = sessions.collect();
        let (ending, open) = watch::channel(false);
        let open = Open::new(open, Some(options.pace.idle));
        Ok(Self {
            listener,
            address,
            tls: options.tls,
            endpoint: Arc::new(Endpoint {
                mediator,
                doorman: Doorman::new(hosts, origins, options.bearers, options.streams),
                sessions,
                open: options.streams.then_some(open),
                pace: options.pace,
            }),
            ending,
        })
    }

    /// Where it can be called.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{PATH}", self.address)
    }

    /// Serves until `end` is there; then takes nothing new, and gives what is in flight [`DRAIN_MS`].
    pub async fn serve(self, end: impl Future<Output = ()>) {
        let room = Arc::new(Semaphore::new(HTTP_CONNECTIONS_MAX));
        let guests = Guests::default();
        let ending = self.ending;
        let mut end = pin!(end);
        loop {
            let accepted = tokio::select! {
                () = &mut end => break,
                accepted = accept(&self.listener, &room, &guests) => accepted,
            };
            match accepted {
                Ok((stream, permit)) => {
                    let endpoint = Arc::clone(&self.endpoint);
                    let (tls, ending) = (self.tls.clone(), ending.subscribe());
                    let (guest, asked) = guests.enter();
                    let Asked { at_once, in_order } = asked;
                    let over = over(ending, in_order);
                    tokio::spawn(async move {
                        let serving = connection(&endpoint, stream, tls, guest, over);
                        tokio::select! {
                            () = serving => {}
                            Ok(()) = at_once => endpoint.mediator.note_refused(CROWDED).await,
                        }
                        drop(permit);
                    });
                }
                // No descriptor is free, or the peer has gone: neither is cured by asking at once.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
        drop(self.listener);
        ending.send_replace(true);
        let drain = Duration::from_millis(DRAIN_MS);
        let all = u32::try_from(HTTP_CONNECTIONS_MAX).unwrap_or(u32::MAX);
        // A call whose connection has gone ends in the log all the same.
        let calls = async {
            for speaker in self.endpoint.doorman.bearers().speakers() {
                speaker.share.drain(drain).await;
            }
        };
        let ended = async {
            let _ = room.acquire_many(all).await;
            calls.await;
        };
        let _ = timeout(drain, ended).await;
        for sessions in &self.endpoint.sessions {
            sessions.end_all();
        }
    }
}

/// Returns once a connection has to end in order: the server ends, or another one needs the room.
async fn over(mut ending: watch::Receiver<bool>, in_order: oneshot::Receiver<()>) {
    tokio::select! {
        _ = ending.wait_for(|ending| *ending) => {}
        Ok(()) = in_order => {}
    }
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    guests: &Guests,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    if let Ok(permit) = Arc::clone(room).try_acquire_owned() {
        return Ok((stream, permit));
    }
    let mut waiting = pin!(Arc::clone(room).acquire_owned());
    loop {
        // Asked for first: who comes to rest in between is not missed.
        let stirred = guests.stirred();
        guests.give_way();
        tokio::select! {
            biased;
            permit = waiting.as_mut() => return Ok((stream, permit.map_err(io::Error::other)?)),
            () = stirred => {}
        }
    }
}

async fn connection<M: Mediator>(
    endpoint: &Arc<Endpoint<M>>,
    stream: TcpStream,
    tls: Option<Tls>,
    guest: Guest,
    over: impl Future<Output = ()>,
) {
    let Some(tls) = tls else {
        return http(endpoint, stream, guest, over).await;
    };
    let head = Duration::from_millis(HTTP_HEAD_MS);
    if let Ok(Ok(stream)) = timeout(head, tls.acceptor().accept(stream)).await {
        http(endpoint, stream, guest, over).await;
    }
}

async fn http<M: Mediator>(
    endpoint: &Arc<Endpoint<M>>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    guest: Guest,
    over: impl Future<Output = ()>,
) {
    let from = Arc::new(guest);
    let gave_up = Arc::new(AtomicBool::new(false));
    let stream = Patient::new(stream, endpoint.pace, &gave_up);
    let service = service_fn(|request| {
        // In a task of its own: a client that goes away must not cut in half what it has begun. That it has gone
        // is told by this end being dropped.
        let (endpoint, from) = (Arc::clone(endpoint), Arc::clone(&from));
        let (here, gone) = oneshot::channel();
        // Not held: what is carried out may outlive its connection.
        let known = Arc::downgrade(&from);
        let answering = tokio::spawn(async move { endpoint.answer(request, &known, gone).await });
        async move {
            let failed = |_| body::empty(StatusCode::INTERNAL_SERVER_ERROR);
            let answer = answering.await.unwrap_or_else(failed);
            drop(here);
            Ok::<_, Infallible>(answer.map(|body| Last::of(body, from)))
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(HTTP_HEAD_MS))
        .max_buf_size(HTTP_HEAD_BYTES_MAX)
        .max_headers(HTTP_HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        // However the peer behaves, the connection is over.
        ended = serving.as_mut() => ended,
        () = over => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if ended.is_err_and(|fault| fault.is_parse()) {
        endpoint.mediator.note_refused(NO_HTTP).await;
    }
    if gave_up.load(Ordering::SeqCst) {
        endpoint.mediator.note_refused(SLOW_READER).await;
    }
}

/// The loopback's names, where that is what is listened on.
fn own_names(address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let mut names = vec![address.to_string()];
    if address.ip().is_loopback() {
        names.extend(["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}:{port}")));
    }
    names.sort();
    names.dedup();
    names
}
