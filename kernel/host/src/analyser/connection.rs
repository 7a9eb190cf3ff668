//! One HTTP/1.1 connection to an analyser: a question, its answer, the next.
//! Knows nothing of which texts they are about. Redirects, proxies and compression are not followed.

use std::io::ErrorKind;
use std::sync::Arc;

use aegis_core::egress::AnalyserFault;
use aegis_core::limits::ANALYSER_ANSWER_BYTES_MAX;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, ToSocketAddrs};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::Address;
use super::address::Way;

/// The head of an answer is no longer, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Who is believed to be who they say; nobody has to be where nothing is encrypted.
pub(super) type Trust = Option<Arc<ClientConfig>>;

pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// Moves the bytes; ends with this value.
    _driver: JoinSet<()>,
}

impl Connection {
    /// Opens one; a name's certificate is checked before anything is sent.
    pub(super) async fn open(address: &Address, trust: &Trust) -> Result<Self, AnalyserFault> {
        match (&address.way, trust) {
            (Way::Clear(sockets), _) => Self::over(tcp(sockets.as_slice()).await?).await,
            (Way::Proven { name, host, port }, Some(config)) => {
                let stream = tcp((host.as_str(), *port)).await?;
                let secured = TlsConnector::from(Arc::clone(config)).connect(name.clone(), stream);
                let secured = secured.await.map_err(|fault| match fault.kind() {
                    ErrorKind::InvalidData => AnalyserFault::Untrusted,
                    _ => AnalyserFault::Unreachable,
                })?;
                Self::over(secured).await
            }
            (Way::Proven { .. }, None) => Err(AnalyserFault::Untrusted),
        }
    }

    async fn over<S>(stream: S) -> Result<Self, AnalyserFault>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut builder = http1::Builder::new();
        builder.max_buf_size(HEAD_BYTES_MAX);
        let opened = builder.handshake(TokioIo::new(stream)).await;
        let (sender, driver) = opened.map_err(|_| AnalyserFault::Unreachable)?;
        let mut drivers = JoinSet::new();
        drivers.spawn(async move {
            // A fault of the connection is seen by who waits for the answer.
            let _ = driver.await;
        });
        Ok(Self {
            sender,
            _driver: drivers,
        })
    }

    /// Whether another question can be asked.
    pub(super) async fn is_ready(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    pub(super) async fn ask(
        &mut self,
        address: &Address,
        question: &str,
    ) -> Result<Vec<u8>, AnalyserFault> {
        let request = Request::post(&address.path)
            .header(header::HOST, &address.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .body(Full::new(Bytes::copy_from_slice(question.as_bytes())))
            .map_err(|_| AnalyserFault::Unreachable)?;
        let answer = self.sender.send_request(request).await;
        let answer = answer.map_err(|fault| match fault.is_parse() {
            true => AnalyserFault::Unreadable,
            false => AnalyserFault::Unreachable,
        })?;
        if answer.status() != StatusCode::OK {
            return Err(AnalyserFault::Status);
        }
        let mut body = answer.into_body();
        let most = ANALYSER_ANSWER_BYTES_MAX;
        if body.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
            return Err(AnalyserFault::TooLong);
        }
        let mut read = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| AnalyserFault::Unreachable)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if read.len() + data.len() > most {
                return Err(AnalyserFault::TooLong);
            }
            read.extend_from_slice(&data);
        }
        Ok(read)
    }
}

async fn tcp(to: impl ToSocketAddrs) -> Result<TcpStream, AnalyserFault> {
    let stream = TcpStream::connect(to).await;
    let stream = stream.map_err(|_| AnalyserFault::Unreachable)?;
    // Questions are small and answers awaited.
    stream
        .set_nodelay(true)
        .map_err(|_| AnalyserFault::Unreachable)?;
    Ok(stream)
}
