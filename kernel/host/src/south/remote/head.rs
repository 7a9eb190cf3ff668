//! The heads of requests: what MCP wants there in either era, and what the operator has added.
//! Knows nothing of responses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::Remote;
use super::fault::Fault;
use crate::south::exchange::Exchange;

pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// What one message says of itself in its head.
#[derive(Clone, Debug)]
pub(super) enum Spoken {
    /// In the older era: within a session, once there is one.
    InSession,
    /// In the newer era, where each message stands alone.
    Alone { version: String, method: String },
}

/// What the server has said of the session that `initialize` opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    pub(super) id: Option<HeaderValue>,
    pub(super) version: Option<HeaderValue>,
}

/// The headers of one message.
pub(super) fn headers(
    remote: &Remote,
    spoken: &Spoken,
    session: &Session,
    exchange: Option<&Exchange>,
) -> Result<HeaderMap, Fault> {
    let mut headers = remote.headers()?;
    let mut put = |name, value| headers.insert(name, value);
    let host = HeaderValue::from_str(remote.address.host()).map_err(|_| Fault::Unreachable)?;
    put(header::HOST, host);
    put(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    put(
        header::ACCEPT,
        HeaderValue::from_static("application/json, text/event-stream"),
    );
    put(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    );
    match spoken {
        Spoken::InSession => {
            if let Some(version) = &session.version {
                put(VERSION, version.clone());
            }
            if let Some(id) = &session.id {
                put(SESSION, id.clone());
            }
        }
        Spoken::Alone { version, method } => {
            put(VERSION, encoded(version)?);
            put(METHOD, encoded(method)?);
            if let Some(name) = exchange.and_then(Exchange::name) {
                put(NAME, encoded(name)?);
            }
        }
    }
    Ok(headers)
}

/// A session's id: visible ASCII (MCP 2025-11-25, transports), within bounds.
pub(super) fn session_id(headers: &HeaderMap) -> Result<Option<HeaderValue>, Fault> {
    let mut given = headers.get_all(SESSION).iter();
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(id), None)
            if (1..=aegis_core::limits::SESSION_ID_BYTES_MAX).contains(&id.len())
                && id.as_bytes().iter().all(u8::is_ascii_graphic) =>
        {
            let mut id = id.clone();
            id.set_sensitive(true);
            Ok(Some(id))
        }
        _ => Err(Fault::SessionId),
    }
}

/// What cannot stand in a header as it is travels as `=?base64?…?=` (MCP 2026-07-28, transports).
fn encoded(text: &str) -> Result<HeaderValue, Fault> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() || byte == b' ')
        && text.trim() == text
        && !text.starts_with("=?base64?");
    let value = match plain {
        true => HeaderValue::from_str(text),
        false => HeaderValue::from_str(&format!("=?base64?{}?=", STANDARD.encode(text))),
    };
    value.map_err(|_| Fault::Unreadable)
}
