//! One HTTP/1.1 connection to an analyser: a question, its answer, the next.
//! Knows nothing of which texts they are about. Redirects, proxies and compression are not followed.

use aegis_core::egress::AnalyserFault;
use aegis_core::limits::ANALYSER_ANSWER_BYTES_MAX;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Address;

/// The head of an answer is no longer, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// Moves the bytes; ends with this value.
    _driver: JoinSet<()>,
}

impl Connection {
    pub(super) async fn open(address: &Address) -> Result<Self, AnalyserFault> {
        let stream = TcpStream::connect(address.sockets.as_slice()).await;
        let stream = stream.map_err(|_| AnalyserFault::Unreachable)?;
        // Questions are small and answers awaited.
        stream
            .set_nodelay(true)
            .map_err(|_| AnalyserFault::Unreachable)?;
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
