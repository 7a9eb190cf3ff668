//! A message that never becomes a call, and what is answered.
//! Knows nothing of the message's content: its texts are the kernel's own.

use std::borrow::Cow;

use aegis_core::json::{Json, JsonFault};
use rmcp::model::ProtocolVersion;

use crate::wire::{BadFrame, FrameFault, Id};

/// A refused message. Where `answer` is `None` nothing is said: notifications and responses have no answer.
#[derive(Debug)]
pub(super) struct Refused {
    /// The name that is counted and logged.
    pub(super) code: &'static str,
    /// What is answered.
    pub(super) answer: Option<ErrorAnswer>,
}

/// A JSON-RPC error.
#[derive(Debug)]
pub(super) struct ErrorAnswer {
    id: Option<Id>,
    code: i64,
    message: Cow<'static, str>,
    /// What a client reads beside the refusal's name.
    data: Vec<(&'static str, Json)>,
}

pub(super) const PARSE_ERROR: i64 = -32_700;
pub(super) const INVALID_REQUEST: i64 = -32_600;
pub(super) const METHOD_NOT_FOUND: i64 = -32_601;
pub(super) const INVALID_PARAMS: i64 = -32_602;
pub(super) const UNSUPPORTED_VERSION: i64 = -32_022;

impl Refused {
    /// Refused in silence.
    pub(super) fn silently(code: &'static str) -> Self {
        Self { code, answer: None }
    }

    /// Refused with an error.
    pub(super) fn answered(
        code: &'static str,
        id: Option<Id>,
        error: i64,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code,
            answer: Some(ErrorAnswer {
                id,
                code: error,
                message: message.into(),
                data: Vec::new(),
            }),
        }
    }

    /// Refused for the version that it states, in the words of 2026-07-28.
    pub(super) fn unsupported(id: Id, requested: &str) -> Self {
        let newest = ProtocolVersion::V_2026_07_28;
        Self {
            code: "wire.unsupported-version",
            answer: Some(ErrorAnswer {
                id: Some(id),
                code: UNSUPPORTED_VERSION,
                message: "a request can state 2026-07-28 alone; an older version begins with `initialize`".into(),
                data: vec![
                    ("supported", Json::Array(vec![Json::from(newest.as_str())])),
                    ("requested", Json::from(requested)),
                ],
            }),
        }
    }

    /// A line that is no frame. What is not JSON is a parse error; what is JSON and ambiguous or out of
    /// bounds is an invalid request.
    pub(super) fn frame(bad: BadFrame) -> Self {
        let (error, message) = match bad.fault {
            FrameFault::LineTooLong | FrameFault::Json(JsonFault::TooLong) => {
                (INVALID_REQUEST, "the message is longer than the bound")
            }
            FrameFault::Json(JsonFault::TooDeep(_)) => {
                (INVALID_REQUEST, "the message is nested too deeply")
            }
            FrameFault::Json(JsonFault::TooMany(_)) => (
                INVALID_REQUEST,
                "the message holds more values than the bound",
            ),
            FrameFault::Json(JsonFault::DuplicateKey(_)) => {
                (INVALID_REQUEST, "the message holds a key twice")
            }
            FrameFault::Json(JsonFault::CaseVariantKey(_)) => (
                INVALID_REQUEST,
                "the message holds two keys that differ in letter case alone",
            ),
            FrameFault::Json(JsonFault::Nul(_)) => (
                INVALID_REQUEST,
                "the message holds a NUL character in a string",
            ),
            FrameFault::ByteOrderMark => (PARSE_ERROR, "the line begins with a byte order mark"),
            FrameFault::BareCarriageReturn => {
                (PARSE_ERROR, "the line holds a bare carriage return")
            }
            FrameFault::NulByte => (PARSE_ERROR, "the line holds a NUL byte"),
            FrameFault::Json(_) => (PARSE_ERROR, "the line is not JSON in UTF-8"),
        };
        Self::answered(bad.fault.code(), bad.id, error, message)
    }
}

impl ErrorAnswer {
    /// JSON-RPC's code.
    pub(super) fn code(&self) -> i64 {
        self.code
    }

    /// Whether it goes to a request that is known by its id.
    pub(super) fn is_addressed(&self) -> bool {
        self.id.is_some()
    }

    /// The JSON-RPC text; `data` names the refusal.
    pub(super) fn text(&self, refusal: &'static str) -> String {
        let id = self.id.as_ref().map_or(Json::Null, Id::to_json);
        let name = [("refusal", Json::from(refusal))];
        let data = Json::object(name.into_iter().chain(self.data.iter().cloned()));
        Json::object([
            ("jsonrpc", Json::from("2.0")),
            ("id", id),
            (
                "error",
                Json::object([
                    ("code", Json::from(self.code)),
                    ("message", Json::from(self.message.as_ref())),
                    ("data", data),
                ]),
            ),
        ])
        .to_string()
    }
}
