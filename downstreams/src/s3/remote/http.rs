//! HTTP/1.1 to one endpoint: few connections, bounded answers, no redirects, proxies or compression.
//! Knows nothing of S3.

use std::fmt;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_LENGTH, HOST, HeaderValue};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use object_store::client::{
    HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpService,
};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::attempt::{Attempt, Trouble};
use crate::bounds::{
    CONNECT_TIME, ERROR_BODY_BYTES_MAX, HTTP_HEAD_BYTES_MAX, IDLE_CONNECTIONS_MAX, IDLE_TIME,
    OBJECT_BYTES_MAX, UPLOAD_BYTES_PER_S_MIN,
};

type Sender = SendRequest<HttpRequestBody>;

/// The way to one endpoint.
#[derive(Clone)]
pub(super) struct Http(Arc<Inner>);

struct Inner {
    /// Host and port, as requests name them.
    authority: String,
    host: String,
    port: u16,
    secured: Option<(TlsConnector, ServerName<'static>)>,
    /// How long an endpoint may be silent.
    silence: Duration,
    idle: Mutex<Vec<(Sender, Instant)>>,
}

#[derive(Debug, thiserror::Error)]
#[error("the store could not be spoken to")]
struct Broken;

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

impl Http {
    /// `None` where the authority is none, or where its host has no form that a certificate could name.
    pub(super) fn new(
        authority: &str,
        trust: Option<Arc<ClientConfig>>,
        silence: Duration,
    ) -> Option<Self> {
        let read: hyper::http::uri::Authority = authority.parse().ok()?;
        let usual = if trust.is_some() { 443 } else { 80 };
        let bare = read.host().trim_start_matches('[').trim_end_matches(']');
        let secured = match trust {
            Some(config) => {
                let name = ServerName::try_from(bare.to_owned()).ok()?;
                Some((TlsConnector::from(config), name))
            }
            None => None,
        };
        Some(Self(Arc::new(Inner {
            authority: authority.to_owned(),
            host: bare.to_owned(),
            port: read.port_u16().unwrap_or(usual),
            secured,
            silence,
            idle: Mutex::default(),
        })))
    }
}

#[async_trait]
impl HttpService for Http {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let attempt = request.extensions().get().cloned().unwrap_or_default();
        match self.0.exchange(request, &attempt).await {
            Ok(response) => Ok(response),
            Err(trouble) => {
                attempt.failed(trouble);
                let kind = match trouble {
                    Trouble::Unreachable => HttpErrorKind::Connect,
                    Trouble::Silent => HttpErrorKind::Timeout,
                    Trouble::Cut => HttpErrorKind::Interrupted,
                    Trouble::TooLarge | Trouble::Unreadable => HttpErrorKind::Decode,
                    Trouble::Untrusted => HttpErrorKind::Unknown,
                };
                Err(HttpError::new(kind, Broken))
            }
        }
    }
}

impl Inner {
    async fn exchange(
        &self,
        request: HttpRequest,
        attempt: &Attempt,
    ) -> Result<HttpResponse, Trouble> {
        let request = self.as_sent(request)?;
        let is_head = request.method() == Method::HEAD;
        let upload = u64::try_from(request.body().content_length()).unwrap_or(u64::MAX);
        let upload = Duration::from_secs(upload / UPLOAD_BYTES_PER_S_MIN);
        let mut sender = match self.take_idle() {
            Some(sender) => sender,
            None => timeout(CONNECT_TIME.min(self.silence), self.connect())
                .await
                .unwrap_or(Err(Trouble::Unreachable))?,
        };
        let before = attempt.seen();
        attempt.sent();
        let answer = sender.send_request(request);
        let answer = timeout(self.silence.saturating_add(upload), answer).await;
        let answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                if error.is_canceled() {
                    attempt.unsent(before);
                    return Err(Trouble::Unreachable);
                }
                let unreadable = error.is_parse() || error.is_parse_too_large();
                return Err(if unreadable {
                    Trouble::Unreadable
                } else {
                    Trouble::Cut
                });
            }
            Err(_elapsed) => return Err(Trouble::Silent),
        };
        let status = answer.status();
        let good = status.is_success();
        let most = if good {
            OBJECT_BYTES_MAX
        } else {
            ERROR_BODY_BYTES_MAX
        };
        let (parts, body) = answer.into_parts();
        let read = if is_head {
            Ok(Bytes::new())
        } else {
            self.read(&parts, body, most).await
        };
        // What an error says is of use, not of need.
        let body = if good {
            read?
        } else {
            read.unwrap_or_default()
        };
        let no_bucket = !good && holds(&body, b"<Code>NoSuchBucket</Code>");
        attempt.answered(status.as_u16(), no_bucket, before);
        self.keep(sender);
        Ok(Response::from_parts(parts, body.into()))
    }

    /// The request in the form that goes over a connection, to this endpoint and no other.
    fn as_sent(&self, request: HttpRequest) -> Result<HttpRequest, Trouble> {
        let (mut parts, body) = request.into_parts();
        if parts.uri.authority().map(|a| a.as_str()) != Some(self.authority.as_str()) {
            return Err(Trouble::Unreadable);
        }
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = path.parse::<Uri>().map_err(|_| Trouble::Unreadable)?;
        let host = HeaderValue::from_str(&self.authority).map_err(|_| Trouble::Unreadable)?;
        parts.headers.insert(HOST, host);
        Ok(Request::from_parts(parts, body))
    }

    /// A body, as long as parts of it keep coming and no longer than `most`.
    async fn read(
        &self,
        head: &hyper::http::response::Parts,
        mut body: Incoming,
        most: u64,
    ) -> Result<Bytes, Trouble> {
        let told = head.headers.get(CONTENT_LENGTH);
        let told = told.and_then(|told| told.to_str().ok()?.parse::<u64>().ok());
        if told.unwrap_or(0).max(body.size_hint().lower()) > most {
            return Err(Trouble::TooLarge);
        }
        let mut whole = BytesMut::new();
        loop {
            let frame = timeout(self.silence, body.frame()).await;
            match frame.map_err(|_elapsed| Trouble::Silent)? {
                None => return Ok(whole.freeze()),
                Some(Err(_)) => return Err(Trouble::Cut),
                Some(Ok(frame)) => {
                    let Some(data) = frame.data_ref() else {
                        continue;
                    };
                    if (whole.len() + data.len()) as u64 > most {
                        return Err(Trouble::TooLarge);
                    }
                    whole.extend_from_slice(data);
                }
            }
        }
    }

    /// A connection that takes a request at once: one that is still busy with the rest of its last may never.
    fn take_idle(&self) -> Option<Sender> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((sender, since)) = idle.pop() {
            if since.elapsed() < IDLE_TIME && sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    fn keep(&self, sender: Sender) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_CONNECTIONS_MAX && !sender.is_closed() {
            idle.push((sender, Instant::now()));
        }
    }

    async fn connect(&self) -> Result<Sender, Trouble> {
        // Every name below `localhost` is this machine (RFC 6761 §6.3), which not every resolver knows.
        let host = match self.host.strip_suffix(".localhost") {
            Some(_) => "localhost",
            None => self.host.as_str(),
        };
        let stream = TcpStream::connect((host, self.port)).await;
        let stream = stream.map_err(|_| Trouble::Unreachable)?;
        let _slower_else = stream.set_nodelay(true);
        match &self.secured {
            None => over(stream).await,
            Some((connector, name)) => {
                let secured = connector.connect(name.clone(), stream).await;
                over(secured.map_err(|error| match error.kind() {
                    ErrorKind::InvalidData => Trouble::Untrusted,
                    _ => Trouble::Unreachable,
                })?)
                .await
            }
        }
    }
}

async fn over<S>(stream: S) -> Result<Sender, Trouble>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HTTP_HEAD_BYTES_MAX);
    let opened = builder.handshake(TokioIo::new(stream)).await;
    let (sender, driver) = opened.map_err(|_| Trouble::Unreachable)?;
    tokio::spawn(async move {
        // Ends with its sender; a fault is seen by whoever waits for the answer.
        let _fault = driver.await;
    });
    Ok(sender)
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}
