//! Why a request over HTTP is refused before it is a message, and what is answered.
//! Knows nothing of what the request held.

use std::borrow::Cow;

use hyper::{Response, StatusCode, header};

use super::super::refused::{INVALID_REQUEST, Refused};
use super::body::{self, Body};
use crate::wire::Id;

/// MCP 2026-07-28: a header says something else than the body.
pub(super) const HEADER_MISMATCH: i64 = -32_020;

/// A refusal in HTTP's own terms.
#[derive(Debug)]
pub(super) struct HttpRefused {
    status: StatusCode,
    refused: Box<Refused>,
    beside: Option<Beside>,
}

/// A header that HTTP asks for beside a status.
#[derive(Clone, Copy, Debug)]
pub(super) enum Beside {
    Allow(&'static str),
    Authenticate,
    RetryAfter,
}

impl HttpRefused {
    pub(super) fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self::answering(status, code, None, INVALID_REQUEST, message)
    }

    pub(super) fn answering(
        status: StatusCode,
        code: &'static str,
        id: Option<Id>,
        error: i64,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            refused: Box::new(Refused::answered(code, id, error, message)),
            beside: None,
        }
    }

    /// A message that the reception refused. One that had no answer on a pipe is answered here: HTTP
    /// has one for every request.
    pub(super) fn message(refused: Refused) -> Self {
        let refused = match refused.answer {
            Some(_) => refused,
            None => Refused::answered(
                refused.code,
                None,
                INVALID_REQUEST,
                "the message is not taken",
            ),
        };
        Self {
            status: StatusCode::BAD_REQUEST,
            refused: Box::new(refused),
            beside: None,
        }
    }

    /// With another status.
    pub(super) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With a header.
    pub(super) fn with(mut self, beside: Beside) -> Self {
        self.beside = Some(beside);
        self
    }

    /// The name that is counted and logged.
    pub(super) fn code(&self) -> &'static str {
        self.refused.code
    }

    /// JSON-RPC's code and whether the answer has an id.
    pub(super) fn error(&self) -> Option<i64> {
        self.refused.answer.as_ref().map(|answer| answer.code())
    }

    /// Whether the answer goes to a request that is known by its id.
    pub(super) fn is_addressed(&self) -> bool {
        let answer = self.refused.answer.as_ref();
        answer.is_some_and(|answer| answer.is_addressed())
    }

    pub(super) fn response(self) -> Response<Body> {
        let answer = self.refused.answer.as_ref();
        let text = answer.map(|answer| answer.text(self.refused.code));
        let mut response = body::json(self.status, text.unwrap_or_default());
        let (name, value) = match self.beside {
            None => return response,
            Some(Beside::Allow(methods)) => (header::ALLOW, methods),
            Some(Beside::Authenticate) => (header::WWW_AUTHENTICATE, "Bearer"),
            Some(Beside::RetryAfter) => (header::RETRY_AFTER, "1"),
        };
        let value = header::HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
        response
    }
}
