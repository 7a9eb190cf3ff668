//! MCP's own headers, held against the body: whoever routes by them must have seen what we judge.
//! Knows nothing of sessions.

use aegis_core::json::Json;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderName};
use rmcp::model::{ClientCapabilities, ProtocolVersion};

use super::doorman::only;
use super::fault::{HEADER_MISMATCH, HttpRefused};
use crate::handshake;
use crate::wire::Id;

/// The session of the older era.
pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");
const STATED_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const STATED_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// To which era a message belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    /// Sessions, opened by `initialize`.
    Sessions,
    /// 2026-07-28: each request stands alone. `complete` where it says of itself what it has to.
    Alone { complete: bool },
}

/// The version of the older era that a request without a message names, if it names one.
///
/// # Errors
/// Where it is doubled, unreadable or unknown.
pub(super) fn older(headers: &HeaderMap) -> Result<Option<&str>, HttpRefused> {
    let version = only(headers, &VERSION).map_err(|()| unknown())?;
    match version {
        Some(version) if !is_known(version) => Err(unknown()),
        version => Ok(version),
    }
}

/// Whether this version has streams to GET, and sessions.
pub(super) fn has_sessions(version: Option<&str>) -> bool {
    version != Some(ProtocolVersion::V_2026_07_28.as_str())
}

/// Whether a stream of this version begins with an event that says nothing but its own id (2025-11-25): before that,
/// clients take every event for a message.
pub(super) fn primes(version: Option<&str>) -> bool {
    version.is_some_and(|version| version >= ProtocolVersion::V_2025_11_25.as_str())
}

fn is_known(version: &str) -> bool {
    let mut versions = ProtocolVersion::KNOWN_VERSIONS.iter();
    versions.any(|known| known.as_str() == version)
}

/// Reads the era of one message and holds its headers against its body.
///
/// # Errors
/// Where a header is doubled, unreadable, of an unknown version, or says something else than the body.
pub(super) fn era(headers: &HeaderMap, message: &Json) -> Result<Era, HttpRefused> {
    let header = only(headers, &VERSION).map_err(|()| unknown())?;
    let method = message.get("method").and_then(Json::as_str);
    let meta = message.get("params").and_then(|params| params.get("_meta"));
    let stated = meta.and_then(|meta| meta.get(STATED_VERSION));
    let newest = ProtocolVersion::V_2026_07_28;
    // A handshake that says of itself that it is of the newer era is a method that this era does not have.
    let newer = stated.and_then(Json::as_str) == Some(newest.as_str());
    if method == Some("initialize") && !newer {
        if header.is_some_and(|version| !is_known(version)) {
            return Err(unknown());
        }
        agrees(headers, &METHOD, method, message)?;
        return Ok(Era::Sessions);
    }
    // In a session a request may say what its handshake has said; elsewhere no older version is stated.
    let of_session = headers.contains_key(&SESSION)
        && stated.and_then(Json::as_str).is_some_and(|stated| {
            handshake::begins(stated) && header.is_none_or(|header| header == stated)
        });
    if (stated.is_none() || of_session) && header != Some(newest.as_str()) {
        return match header {
            // Older clients do not say.
            None => Ok(Era::Sessions),
            Some(version) if is_known(version) => Ok(Era::Sessions),
            Some(_) => Err(unknown()),
        };
    }
    let is_request = message.get("id").is_some();
    if is_request {
        if let Some(stated) = stated
            && (header.is_none() || stated.as_str() != header)
        {
            return Err(mismatch(message));
        }
        agrees(headers, &METHOD, Some(method.unwrap_or_default()), message)?;
        let name = match method {
            Some("tools/call") => message.get("params").and_then(|params| params.get("name")),
            _ => None,
        };
        if let Some(Json::String(name)) = name {
            agrees(headers, &NAME, Some(name), message)?;
        }
    }
    let complete = stated.and_then(Json::as_str).is_some()
        && meta
            .and_then(|meta| meta.get(STATED_CAPABILITIES))
            .is_some_and(are_capabilities);
    Ok(Era::Alone { complete })
}

/// Whether rmcp reads them, too.
fn are_capabilities(stated: &Json) -> bool {
    matches!(stated, Json::Object(_))
        && serde_json::from_str::<ClientCapabilities>(&stated.to_string()).is_ok()
}

/// A header that must say what the body says. `initialize` may do without.
fn agrees(
    headers: &HeaderMap,
    name: &HeaderName,
    body: Option<&str>,
    message: &Json,
) -> Result<(), HttpRefused> {
    let header = only(headers, name).map_err(|()| mismatch(message))?;
    // A method never travels as `=?base64?…?=`: whoever routes by it would see another word.
    let says = |said: &str, body: &str| match *name == METHOD {
        true => said == body,
        false => decoded(said).is_some_and(|said| said == body),
    };
    match (header, body) {
        (None, Some("initialize")) => Ok(()),
        (Some(said), Some(body)) if says(said, body) => Ok(()),
        _ => Err(mismatch(message)),
    }
}

/// What cannot stand in a header as it is travels as `=?base64?…?=`.
fn decoded(value: &str) -> Option<String> {
    let inner = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="));
    match inner {
        None => Some(value.to_owned()),
        Some(inner) => String::from_utf8(STANDARD.decode(inner).ok()?).ok(),
    }
}

fn mismatch(message: &Json) -> HttpRefused {
    HttpRefused::answering(
        StatusCode::BAD_REQUEST,
        "http.header-mismatch",
        message.get("id").and_then(Id::from_json),
        HEADER_MISMATCH,
        "the headers `MCP-Protocol-Version`, `Mcp-Method` and `Mcp-Name` must say what the body says",
    )
}

fn unknown() -> HttpRefused {
    HttpRefused::new(
        StatusCode::BAD_REQUEST,
        "http.protocol-version",
        "this version of the protocol is not known here",
    )
}
