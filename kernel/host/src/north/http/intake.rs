//! Reads one message, within what may be worked on for its principal.
//! Knows nothing of what it says.

use std::pin::pin;
use std::time::Duration;

use aegis_core::limits::{
    HTTP_ADMIT_MS, HTTP_BODY_MS, HTTP_SMALL_BYTES_MAX, LINE_BYTES_MAX, MESSAGE_RULES,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::{Body as HttpBody, Bytes};
use hyper::header::HeaderMap;
use tokio::time::timeout;

use super::super::in_flight::Budget;
use super::super::refused::Refused;
use super::bearers::Speaker;
use super::doorman::announced;
use super::endpoint::busy;
use super::fault::HttpRefused;
use crate::wire::{Frame, read_message};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// One message and its share of what may be worked on; what wants no answer needs none.
///
/// A long body waits until there is room for it: else bodies would be held that nobody works on. A short one is read at once,
/// and only a request waits then: what cancels another must not wait for it. So no more waits without
/// room than a short message for each connection.
pub(super) async fn take<B>(
    speaker: &Speaker,
    headers: &HeaderMap,
    body: B,
) -> Result<(Frame, Option<Budget>), HttpRefused>
where
    B: HttpBody<Data = Bytes> + Send,
    B::Error: Into<Fault>,
{
    let length = announced(headers).ok().flatten();
    let mut budget = match length {
        Some(long) if long > HTTP_SMALL_BYTES_MAX => Some(admit(speaker, long).await?),
        _ => None,
    };
    let mut body = pin!(Limited::new(body, LINE_BYTES_MAX));
    let mut bytes = Vec::new();
    let short = match budget {
        None => HTTP_SMALL_BYTES_MAX,
        Some(_) => LINE_BYTES_MAX,
    };
    if !read(&mut body, &mut bytes, short).await? {
        // Its length was not announced.
        budget = Some(admit(speaker, LINE_BYTES_MAX).await?);
        read(&mut body, &mut bytes, LINE_BYTES_MAX).await?;
    }
    let frame = read_message(&bytes, &MESSAGE_RULES)
        .map_err(|bad| HttpRefused::message(Refused::frame(bad)))?;
    drop(bytes);
    let budget = match budget {
        Some(budget) => Some(budget.cut_to(frame.bytes)),
        None if frame.json.get("id").is_some() => Some(admit(speaker, frame.bytes).await?),
        None => None,
    };
    Ok((frame, budget))
}

async fn admit(speaker: &Speaker, length: usize) -> Result<Budget, HttpRefused> {
    let wait = Duration::from_millis(HTTP_ADMIT_MS);
    match timeout(wait, speaker.share.admit(length)).await {
        Ok(Ok(budget)) => Ok(budget),
        _ => Err(busy("http.busy")),
    }
}

/// Reads on until there are more than so many bytes; whether the body has ended before.
async fn read<B>(body: &mut B, bytes: &mut Vec<u8>, most: usize) -> Result<bool, HttpRefused>
where
    B: HttpBody<Data = Bytes, Error = Fault> + Send + Unpin,
{
    let whole = async {
        while let Some(frame) = body.frame().await {
            if let Ok(piece) = frame?.into_data() {
                bytes.extend_from_slice(&piece);
            }
            if bytes.len() > most {
                return Ok(false);
            }
        }
        Ok::<_, Fault>(true)
    };
    match timeout(Duration::from_millis(HTTP_BODY_MS), whole).await {
        Ok(Ok(ended)) => Ok(ended),
        Ok(Err(fault)) if fault.is::<LengthLimitError>() => Err(HttpRefused::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "http.body-too-long",
            "the message is longer than the bound",
        )),
        Ok(Err(_)) => Err(HttpRefused::new(
            StatusCode::BAD_REQUEST,
            "http.body-broken",
            "the body did not arrive whole",
        )),
        Err(_) => Err(HttpRefused::new(
            StatusCode::REQUEST_TIMEOUT,
            "http.body-too-slow",
            "the body did not arrive in time",
        )),
    }
}
