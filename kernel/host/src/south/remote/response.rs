//! What a response is, by its head, and the messages that its body holds, one after the other.
//! Knows nothing of who asked.

use std::future::Future;
use std::time::Duration;

use aegis_core::limits;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderMap, HeaderName};
use hyper::{Response, StatusCode};
use tokio::time::timeout;

use super::events::Events;
use super::fault::Fault;
use crate::wire::{Frame, read_message};

/// How messages stand in a body.
enum Form {
    /// The body is one message.
    Json(Vec<u8>),
    /// Each event is one.
    Events(Box<Events>),
    /// There are none that count.
    Nothing(usize),
}

/// A body that is being read.
pub(super) struct Reading {
    form: Form,
    body: Incoming,
    bytes_max: usize,
    ended: bool,
}

impl Reading {
    /// A response that may hold the answer to a question, of at most so many bytes.
    ///
    /// # Errors
    /// Where its head says that it does not.
    pub(super) fn of(response: Response<Incoming>, bytes_max: usize) -> Result<Self, Fault> {
        let status = response.status();
        match status.as_u16() {
            200 => {}
            300..=399 => return Err(Fault::Elsewhere(status.as_u16())),
            400..=499 => return Err(Fault::Refused(status.as_u16())),
            500..=599 => return Err(Fault::Failed(status.as_u16())),
            _ => return Err(Fault::Unanswered),
        }
        let form = match content_type(response.headers())?.as_str() {
            "application/json" => Form::Json(Vec::new()),
            "text/event-stream" => Form::Events(Box::new(Events::new(bytes_max))),
            _ => return Err(Fault::Type),
        };
        Self::over(response, form, bytes_max)
    }

    /// A response whose body says nothing.
    pub(super) fn discarding(response: Response<Incoming>) -> Self {
        Self {
            form: Form::Nothing(0),
            body: response.into_body(),
            bytes_max: limits::SSE_NOISE_BYTES_MAX,
            ended: false,
        }
    }

    /// The one message that stands beside a status that is no success, where there is one.
    pub(super) async fn objection(response: Response<Incoming>) -> Option<Frame> {
        if content_type(response.headers()).ok()? != "application/json" {
            return None;
        }
        let bytes_max = limits::SSE_NOISE_BYTES_MAX;
        let reading = Self::over(response, Form::Json(Vec::new()), bytes_max);
        reading.ok()?.next().await.ok()?
    }

    fn over(response: Response<Incoming>, form: Form, bytes_max: usize) -> Result<Self, Fault> {
        let body = response.into_body();
        let announced = body.size_hint().lower();
        let is_whole = matches!(form, Form::Json(_));
        if is_whole && announced > u64::try_from(bytes_max).unwrap_or(u64::MAX) {
            return Err(Fault::TooLarge);
        }
        Ok(Self {
            form,
            body,
            bytes_max,
            ended: false,
        })
    }

    /// The next message; `None` once the body has ended.
    pub(super) async fn next(&mut self) -> Result<Option<Frame>, Fault> {
        loop {
            if let Form::Events(events) = &mut self.form
                && let Some(data) = events.next()?
            {
                return message(&data, self.bytes_max).map(Some);
            }
            if self.ended {
                return Ok(None);
            }
            let Some(piece) = self.body.frame().await else {
                self.ended = true;
                if let Form::Json(whole) = &mut self.form {
                    return message(&std::mem::take(whole), self.bytes_max).map(Some);
                }
                continue;
            };
            let piece = piece.map_err(|_| Fault::Cut)?;
            let Ok(data) = piece.into_data() else {
                continue; // trailers
            };
            match &mut self.form {
                Form::Events(events) => events.feed(data),
                Form::Json(whole) => {
                    fits(whole.len() + data.len(), self.bytes_max)?;
                    whole.extend_from_slice(&data);
                }
                Form::Nothing(count) => {
                    *count += data.len();
                    fits(*count, self.bytes_max)?;
                }
            }
        }
    }

    /// Reads on for a moment, once the answer is there. Whether the body has ended in it.
    pub(super) async fn rest<F: Future<Output = ()>>(
        &mut self,
        stray: impl Fn(Frame) -> F,
    ) -> bool {
        let reading = async {
            while let Some(frame) = self.next().await? {
                stray(frame).await;
            }
            Ok::<_, Fault>(())
        };
        let moment = Duration::from_millis(limits::CHILD_GRACE_MS);
        matches!(timeout(moment, reading).await, Ok(Ok(())))
    }
}

fn fits(bytes: usize, bytes_max: usize) -> Result<(), Fault> {
    match bytes > bytes_max {
        true => Err(Fault::TooLarge),
        false => Ok(()),
    }
}

/// Reads one message as strictly as a line of a child.
fn message(bytes: &[u8], bytes_max: usize) -> Result<Frame, Fault> {
    let rules = limits::RESPONSE_RULES.of_bytes(bytes_max);
    read_message(bytes, &rules).map_err(|bad| match bad.fault {
        fault if fault.is_size() => Fault::TooLarge,
        _ => Fault::Unreadable,
    })
}

/// What the body is, in lower case and without parameters.
fn content_type(headers: &HeaderMap) -> Result<String, Fault> {
    if !matches!(
        only(headers, &header::CONTENT_ENCODING),
        None | Some("identity")
    ) {
        return Err(Fault::Encoded);
    }
    let all = only(headers, &header::CONTENT_TYPE).ok_or(Fault::Type)?;
    let essence = all.split(';').next().unwrap_or_default();
    Ok(essence.trim().to_ascii_lowercase())
}

/// The value of a header that stands once; another number of them says nothing that can be relied upon.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.to_str().unwrap_or("")),
        (Some(_), Some(_)) => Some(""),
        (None, _) => None,
    }
}

/// Whether a status of a question of a newer era says that its server is of an older one.
pub(super) fn is_of_an_older_era(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 404 | 405 | 406 | 415 | 422 | 501)
}
