//! One HTTP/1.1 connection to a configured server: a request, its response, the next.
//! Knows nothing of what is asked. Redirects, proxies and compression are not followed.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, ToSocketAddrs};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::address::Way;
use super::{Address, Trust};
use crate::counted::Counted;

/// The head of a response is no longer, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Why there is no connection.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum DialFault {
    /// Nobody is there, or not one who speaks as we do.
    #[error("it cannot be reached")]
    Unreachable,
    /// No authority that counts vouches for it.
    #[error("its certificate is not trusted")]
    Untrusted,
}

/// Why a request has no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unsent {
    /// Whether a byte of the request may have left.
    pub(crate) begun: bool,
    /// Whether there was something that is no response.
    pub(crate) unreadable: bool,
}

/// One connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    written: Arc<AtomicU64>,
    /// Moves the bytes; ends with this value.
    _driver: JoinSet<()>,
}

impl Connection {
    /// Opens one; a name's certificate is checked before anything is sent.
    pub(crate) async fn open(address: &Address, trust: &Trust) -> Result<Self, DialFault> {
        match &address.way {
            Way::Here(sockets) => Self::over(tcp(sockets.as_slice()).await?).await,
            Way::Clear { host, port } => Self::over(tcp((host.as_str(), *port)).await?).await,
            Way::Proven { name, host, port } => {
                let config = trust.config().ok_or(DialFault::Untrusted)?;
                let stream = tcp((host.as_str(), *port)).await?;
                let secured = TlsConnector::from(config).connect(name.clone(), stream);
                let secured = secured.await.map_err(|fault| match fault.kind() {
                    ErrorKind::InvalidData => DialFault::Untrusted,
                    _ => DialFault::Unreachable,
                })?;
                Self::over(secured).await
            }
        }
    }

    async fn over<S>(stream: S) -> Result<Self, DialFault>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let written = Arc::new(AtomicU64::new(0));
        let stream = Counted {
            inner: stream,
            count: Arc::clone(&written),
        };
        let mut builder = http1::Builder::new();
        builder.max_buf_size(HEAD_BYTES_MAX);
        let opened = builder.handshake(TokioIo::new(stream)).await;
        let (sender, driver) = opened.map_err(|_| DialFault::Unreachable)?;
        let mut drivers = JoinSet::new();
        drivers.spawn(async move {
            // A fault of the connection is seen by who waits for the response.
            let _ = driver.await;
        });
        Ok(Self {
            sender,
            written,
            _driver: drivers,
        })
    }

    /// Whether another request can be made.
    pub(crate) async fn is_ready(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    /// The head of the response; its body is read as it comes.
    pub(crate) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Unsent> {
        let before = self.written.load(Ordering::SeqCst);
        let response = self.sender.send_request(request).await;
        response.map_err(|fault| Unsent {
            begun: self.written.load(Ordering::SeqCst) != before,
            unreadable: fault.is_parse(),
        })
    }
}

async fn tcp(to: impl ToSocketAddrs) -> Result<TcpStream, DialFault> {
    let stream = TcpStream::connect(to).await;
    let stream = stream.map_err(|_| DialFault::Unreachable)?;
    // Requests are small and responses awaited.
    stream
        .set_nodelay(true)
        .map_err(|_| DialFault::Unreachable)?;
    Ok(stream)
}
