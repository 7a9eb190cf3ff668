//! A real S3 server (`s3s-fs`) over HTTP, with a front that keeps conditions on deletion, serves one write at a time
//! and fails where a test wants it to.
//! Knows nothing of Aegis.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, ETAG, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use s3s::auth::SimpleAuth;
use s3s::host::SingleDomain;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

pub const KEY_ID: &str = "AKIDFORTESTS";
pub const SECRET: &str = "the-secret-of-the-tests";
pub const BUCKET: &str = "bucket";

type Body = BoxBody<Bytes, io::Error>;

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing: one request is let pass.
    None,
    /// Answered with this status and nothing done.
    Status(u16),
    /// Done, and then answered with this status.
    DoneBut(u16),
    /// Never answered.
    Silence,
    /// The connection ends and nothing is done.
    Cut,
    /// Done, and then the connection ends.
    DoneAndCut,
    /// The answer has another ETag than the object.
    WrongTag,
    /// The answer says how long it is and ends before that.
    HalfBody,
    /// The answer is this, and nothing is done.
    Says(&'static str),
    /// Done without its conditions, as a store does that does not know them.
    Unconditional,
    /// Done; just before, this file gets this content.
    Before(PathBuf, &'static str),
    /// The same, and the answer has the other ETag, too.
    BeforeAndWrongTag(PathBuf, &'static str),
}

struct Rule {
    method: Method,
    holds: &'static str,
    times: usize,
    fault: Fault,
}

#[derive(Default)]
struct Shared {
    root: PathBuf,
    rules: Mutex<Vec<Rule>>,
    asked: Mutex<Vec<String>>,
    tags: tokio::sync::Mutex<HashMap<String, HeaderValue>>,
}

/// A running server; it ends with its value.
pub struct Store {
    port: u16,
    shared: Arc<Shared>,
    _end: oneshot::Sender<()>,
}

impl Store {
    /// Serves the buckets that are folders of `root`.
    pub fn start(root: &Path) -> Self {
        Self::start_as(root, false, None)
    }

    /// The same, with the bucket in the host, or with TLS.
    pub fn start_as(root: &Path, virtual_host: bool, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        if virtual_host {
            builder.set_host(SingleDomain::new(&format!("localhost:{port}")).unwrap());
        }
        let service = builder.build();
        let shared = Arc::new(Shared {
            root: root.to_owned(),
            ..Shared::default()
        });
        let (end, ended) = oneshot::channel();
        let own = Arc::clone(&shared);
        std::thread::spawn(move || {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = accept(listener, service, own, tls) => {}
                    _ = ended => {}
                }
            });
        });
        Self {
            port,
            shared,
            _end: end,
        }
    }

    /// The location of a jail in the bucket, in the clear; `more` is what follows.
    pub fn url(&self, jail: &str, more: &str) -> String {
        let port = self.port;
        format!("s3://{BUCKET}/{jail}?endpoint=http://127.0.0.1:{port}&http=allow{more}")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The next `times` requests of this method whose path and query hold this text fail.
    pub fn fail(&self, times: usize, method: Method, holds: &'static str, fault: Fault) {
        self.shared.rules.lock().unwrap().push(Rule {
            method,
            holds,
            times,
            fault,
        });
    }

    /// Nothing fails any more.
    pub fn heal(&self) {
        self.shared.rules.lock().unwrap().clear();
    }

    /// `METHOD /path?query` of every request so far; the list begins anew.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.asked.lock().unwrap())
    }
}

async fn accept(
    listener: tokio::net::TcpListener,
    service: S3Service,
    shared: Arc<Shared>,
    tls: Option<Arc<ServerConfig>>,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let (service, shared, tls) = (service.clone(), Arc::clone(&shared), tls.clone());
        tokio::spawn(async move {
            let front = hyper::service::service_fn(move |request| {
                front(request, service.clone(), Arc::clone(&shared))
            });
            let http = hyper::server::conn::http1::Builder::new();
            match tls {
                None => drop(http.serve_connection(TokioIo::new(stream), front).await),
                Some(tls) => {
                    if let Ok(stream) = TlsAcceptor::from(tls).accept(stream).await {
                        drop(http.serve_connection(TokioIo::new(stream), front).await);
                    }
                }
            }
        });
    }
}

async fn front(
    request: Request<Incoming>,
    service: S3Service,
    shared: Arc<Shared>,
) -> io::Result<Response<Body>> {
    let target = request.uri().path_and_query().unwrap().as_str().to_owned();
    let told = format!("{} {target}", request.method());
    shared.asked.lock().unwrap().push(told);
    let fault = shared.take(request.method(), &target);
    match &fault {
        Some(Fault::Status(status)) => return Ok(said(*status, "")),
        Some(Fault::Says(text)) => return Ok(said(200, text)),
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Cut) => return Err(io::ErrorKind::ConnectionAborted.into()),
        Some(Fault::Unconditional) => return shared.serve_anyway(request).await,
        Some(Fault::Before(path, content) | Fault::BeforeAndWrongTag(path, content)) => {
            std::fs::write(path, content).unwrap()
        }
        _ => {}
    }
    let answer = shared.serve(request, &service).await;
    match fault {
        Some(Fault::DoneBut(status)) => Ok(said(status, "")),
        Some(Fault::DoneAndCut) => Err(io::ErrorKind::ConnectionAborted.into()),
        Some(Fault::WrongTag | Fault::BeforeAndWrongTag(..)) => {
            let (mut parts, body) = answer.into_parts();
            let wrong = HeaderValue::from_static("\"0123456789abcdef0123456789abcdef\"");
            parts.headers.insert(ETAG, wrong);
            Ok(Response::from_parts(parts, body))
        }
        Some(Fault::HalfBody) => {
            let (mut parts, body) = answer.into_parts();
            let whole = body.collect().await?.to_bytes();
            parts
                .headers
                .insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
            let half = Half(Some(whole.slice(..whole.len() / 2)));
            Ok(Response::from_parts(parts, BoxBody::new(half)))
        }
        _ => Ok(answer),
    }
}

impl Shared {
    fn take(&self, method: &Method, target: &str) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap();
        let fits = |rule: &&mut Rule| {
            rule.times > 0 && rule.method == *method && target.contains(rule.holds)
        };
        let rule = rules.iter_mut().find(fits)?;
        rule.times -= 1;
        Some(rule.fault.clone())
    }

    /// What a store does that does not know conditions. (The headers cannot be left out: they are signed.)
    async fn serve_anyway(&self, request: Request<Incoming>) -> io::Result<Response<Body>> {
        let path = self.root.join(request.uri().path().trim_start_matches('/'));
        if request.method() == Method::DELETE {
            std::fs::remove_file(path)?;
            return Ok(said(204, ""));
        }
        let body = request
            .into_body()
            .collect()
            .await
            .map_err(io::Error::other)?;
        std::fs::write(path, body.to_bytes())?;
        let mut answer = said(200, "");
        answer
            .headers_mut()
            .insert(ETAG, HeaderValue::from_static("\"any\""));
        Ok(answer)
    }

    /// One request at a time, so that a condition and what it guards are one step; `s3s-fs` looks first and writes
    /// then. It does not know conditions on deletion at all, so they are kept here.
    async fn serve(&self, request: Request<Incoming>, service: &S3Service) -> Response<Body> {
        let path = request.uri().path().to_owned();
        let method = request.method().clone();
        let mut tags = self.tags.lock().await;
        let wanted = request.headers().get("if-match").cloned();
        if let Some(wanted) = wanted.filter(|_| method == Method::DELETE)
            && tags.get(&path) != Some(&wanted)
        {
            return said(412, "");
        }
        // `s3s-fs` has folders and fails where one is asked for as an object; S3 has none.
        let object =
            matches!(method, Method::GET | Method::HEAD) && request.uri().query().is_none();
        if object && self.root.join(path.trim_start_matches('/')).is_dir() {
            return said(404, "");
        }
        let answer = service.call(request.map(s3s::Body::from)).await;
        let (parts, body) = answer.map_err(|_| ()).expect("an answer").into_parts();
        if method == Method::DELETE {
            tags.remove(&path);
        }
        if let Some(tag) = parts.headers.get(ETAG) {
            tags.insert(path, tag.clone());
        }
        let body = BodyExt::map_err(body, |_| io::Error::from(io::ErrorKind::Other));
        Response::from_parts(parts, BoxBody::new(body))
    }
}

fn said(status: u16, text: &'static str) -> Response<Body> {
    let body =
        Full::new(Bytes::from_static(text.as_bytes())).map_err(|never: Infallible| match never {});
    let mut answer = Response::new(BoxBody::new(body));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer
}

/// A body that ends in the middle.
struct Half(Option<Bytes>);

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(half) => Ok(Frame::data(half)),
            None => Err(io::ErrorKind::ConnectionAborted.into()),
        }))
    }
}
