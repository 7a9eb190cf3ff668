//! Who is let in before one byte of a body is read: path, host, origin, bearer, form.
//! Knows nothing of MCP's messages.

use aegis_core::limits::LINE_BYTES_MAX;
use hyper::header::{self, HeaderMap, HeaderName};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

use super::bearers::{Bearers, Speaker};
use super::fault::{Beside, HttpRefused};

/// The one path.
pub(super) const PATH: &str = "/mcp";

/// Whom this server is called by, and whose pages may call it.
#[derive(Debug)]
pub(super) struct Doorman {
    /// In lower case, with their ports.
    hosts: Vec<String>,
    origins: Vec<String>,
    bearers: Bearers,
    /// Whether there are streams to GET.
    streams: bool,
}

impl Doorman {
    pub(super) fn new(
        hosts: Vec<String>,
        origins: Vec<String>,
        bearers: Bearers,
        streams: bool,
    ) -> Self {
        let lower =
            |names: Vec<String>| names.iter().map(|name| name.to_ascii_lowercase()).collect();
        Self {
            hosts: lower(hosts),
            origins: lower(origins),
            bearers,
            streams,
        }
    }

    pub(super) fn bearers(&self) -> &Bearers {
        &self.bearers
    }

    /// Judges the head of one request. A page that another site has sent into somebody's browser (DNS
    /// rebinding) fails at host or origin before its credentials are looked at.
    pub(super) fn admit(&self, head: &Parts) -> Result<(usize, &Speaker), HttpRefused> {
        self.place(head)?;
        let speaker = self.speaker(&head.headers)?;
        match head.method {
            Method::POST => form(&head.headers)?,
            Method::DELETE => {}
            Method::GET if self.streams => {}
            _ => return Err(self.wrong_method()),
        }
        Ok(speaker)
    }

    /// There is nothing to be had by this method.
    pub(super) fn wrong_method(&self) -> HttpRefused {
        let (message, allow) = match self.streams {
            true => (
                "messages are POSTed, a session's stream is had by GET, and a session is ended by DELETE",
                Beside::Allow("GET, POST, DELETE"),
            ),
            false => (
                "messages are POSTed; a session is ended by DELETE",
                Beside::Allow("POST, DELETE"),
            ),
        };
        HttpRefused::new(StatusCode::METHOD_NOT_ALLOWED, "http.method", message).with(allow)
    }

    fn place(&self, head: &Parts) -> Result<(), HttpRefused> {
        let forbidden = |code, message| HttpRefused::new(StatusCode::FORBIDDEN, code, message);
        let host = match only(&head.headers, &header::HOST) {
            Ok(Some(host)) if head.uri.authority().is_none() => host.to_ascii_lowercase(),
            _ => {
                return Err(forbidden(
                    "http.host",
                    "the request must name its host, once",
                ));
            }
        };
        if !self.hosts.contains(&host) {
            return Err(forbidden(
                "http.host",
                "this server is not called by that name; an operator may add it to `hosts`",
            ));
        }
        match only(&head.headers, &header::ORIGIN) {
            Ok(None) => {}
            Ok(Some(origin)) if self.origins.contains(&origin.to_ascii_lowercase()) => {}
            _ => {
                return Err(forbidden(
                    "http.origin",
                    "pages of that origin may not call this server; an operator may add it to `origins`",
                ));
            }
        }
        if head.uri.path() != PATH || head.uri.query().is_some() {
            let message = "there is nothing here: the endpoint is `/mcp`";
            return Err(HttpRefused::new(
                StatusCode::NOT_FOUND,
                "http.path",
                message,
            ));
        }
        Ok(())
    }

    fn speaker(&self, headers: &HeaderMap) -> Result<(usize, &Speaker), HttpRefused> {
        let refused = |code, message| {
            HttpRefused::new(StatusCode::UNAUTHORIZED, code, message).with(Beside::Authenticate)
        };
        let Ok(Some(credentials)) = only(headers, &header::AUTHORIZATION) else {
            return Err(refused("http.no-token", "one bearer token is needed"));
        };
        let token = credentials
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token);
        let Some(token) = token else {
            return Err(refused("http.no-token", "one bearer token is needed"));
        };
        self.bearers
            .speaker(token.as_bytes())
            .ok_or_else(|| refused("http.bad-token", "this token is nobody's"))
    }
}

/// A body that is one JSON text of bounded length, as it is, for an answer that may be JSON.
fn form(headers: &HeaderMap) -> Result<(), HttpRefused> {
    let refused = |status, code, message| Err(HttpRefused::new(status, code, message));
    let kind = only(headers, &header::CONTENT_TYPE).ok().flatten();
    if !kind.is_some_and(is_json) {
        return refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "http.content-type",
            "the body must be `application/json`",
        );
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "http.content-encoding",
            "the body must be sent as it is, without an encoding",
        );
    }
    let mut accepted = headers.get_all(header::ACCEPT).iter().peekable();
    if accepted.peek().is_some() && !accepted.any(|value| value.to_str().is_ok_and(takes_json)) {
        return refused(
            StatusCode::NOT_ACCEPTABLE,
            "http.accept",
            "answers are `application/json`",
        );
    }
    match announced(headers) {
        Ok(length) if length.unwrap_or(0) <= LINE_BYTES_MAX => Ok(()),
        _ => refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            "http.body-too-long",
            "the message is longer than the bound",
        ),
    }
}

/// The length that a request announces for its body, in bytes.
pub(super) fn announced(headers: &HeaderMap) -> Result<Option<usize>, ()> {
    match only(headers, &header::CONTENT_LENGTH)? {
        None => Ok(None),
        Some(length) => length.parse().map(Some).map_err(|_| ()),
    }
}

fn is_json(kind: &str) -> bool {
    let mut parts = kind.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    json && parts.all(|parameter| {
        let parameter = parameter.to_ascii_lowercase();
        parameter == "charset=utf-8" || parameter == "charset=\"utf-8\""
    })
}

/// Whether a client says that it takes events; that it takes anything does not say so.
pub(super) fn takes_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let named = parts
                .next()
                .is_some_and(|range| range.eq_ignore_ascii_case("text/event-stream"));
            named && parts.all(|parameter| !is_never(parameter))
        })
}

/// A weight of nothing: `q=0`.
fn is_never(parameter: &str) -> bool {
    let Some((key, weight)) = parameter.split_once('=') else {
        return false;
    };
    key.trim().eq_ignore_ascii_case("q") && weight.trim().parse::<f32>().is_ok_and(|q| q <= 0.0)
}

fn takes_json(accept: &str) -> bool {
    accept
        .split(',')
        .filter_map(|range| range.split(';').next())
        .any(|range| {
            let range = range.trim().to_ascii_lowercase();
            matches!(range.as_str(), "*/*" | "application/*" | "application/json")
        })
}

/// The one value of a header; none where it is absent.
///
/// # Errors
/// Where it is given twice, or is no visible ASCII: whoever stands before us may have read the other one.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}
