//! One question to an analyser and its answer, over a connection that may be kept.
//! Knows nothing of which texts they are about.

use aegis_core::egress::AnalyserFault;
use aegis_core::limits::ANALYSER_ANSWER_BYTES_MAX;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes};
use hyper::{Request, StatusCode, header};

use crate::dial::{Address, Connection, DialFault, Trust};

/// Opens a connection; a name's certificate is checked before anything is sent.
pub(super) async fn open(address: &Address, trust: &Trust) -> Result<Connection, AnalyserFault> {
    let opened = Connection::open(address, trust).await;
    opened.map_err(|fault| match fault {
        DialFault::Unreachable => AnalyserFault::Unreachable,
        DialFault::Untrusted => AnalyserFault::Untrusted,
    })
}

pub(super) async fn ask(
    connection: &mut Connection,
    address: &Address,
    question: &str,
) -> Result<Vec<u8>, AnalyserFault> {
    let request = Request::post(address.path())
        .header(header::HOST, address.host())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json")
        .body(Full::new(Bytes::copy_from_slice(question.as_bytes())))
        .map_err(|_| AnalyserFault::Unreachable)?;
    let answer = connection.send(request).await;
    let answer = answer.map_err(|unsent| match unsent.unreadable {
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
