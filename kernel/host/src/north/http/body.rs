//! The bodies of answers: one text, or events as they come.
//! Knows nothing of what they say.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use hyper::{Response, StatusCode, header};
use tokio::sync::mpsc;

use super::guests::Guest;

/// What is answered.
pub(super) enum Body {
    /// All of it.
    Whole(Option<Bytes>),
    /// Piece by piece, until the other end is dropped.
    Pieces(mpsc::Receiver<Bytes>),
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = match self.get_mut() {
            Self::Whole(text) => text.take(),
            Self::Pieces(pieces) => match pieces.poll_recv(context) {
                Poll::Ready(piece) => piece,
                Poll::Pending => return Poll::Pending,
            },
        };
        Poll::Ready(next.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(text) => {
                let bytes = text.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(bytes).unwrap_or(u64::MAX))
            }
            Self::Pieces(_) => SizeHint::default(),
        }
    }
}

/// A body after which its connection rests: once it has been handed over, or nobody wants it any more.
pub(super) struct Last {
    body: Body,
    guest: Arc<Guest>,
}

impl Last {
    pub(super) fn of(body: Body, guest: Arc<Guest>) -> Self {
        Self { body, guest }
    }
}

impl Drop for Last {
    fn drop(&mut self) {
        self.guest.rests();
    }
}

impl HttpBody for Last {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// One JSON text.
pub(super) fn json(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::Whole(Some(Bytes::from(text))));
    *response.status_mut() = status;
    say(&mut response, "application/json");
    response
}

/// Events as they come. Proxies are told not to hold them back.
pub(super) fn events(pieces: mpsc::Receiver<Bytes>) -> Response<Body> {
    let mut response = Response::new(Body::Pieces(pieces));
    say(&mut response, "text/event-stream");
    let immediately = header::HeaderValue::from_static("no");
    let headers = response.headers_mut();
    headers.insert(
        header::HeaderName::from_static("x-accel-buffering"),
        immediately,
    );
    response
}

/// Nothing but a status.
pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::Whole(None));
    *response.status_mut() = status;
    response
}

fn say(response: &mut Response<Body>, kind: &'static str) {
    let headers = response.headers_mut();
    let mut say = |name, value| headers.insert(name, header::HeaderValue::from_static(value));
    say(header::CONTENT_TYPE, kind);
    say(header::CACHE_CONTROL, "no-store");
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
}
