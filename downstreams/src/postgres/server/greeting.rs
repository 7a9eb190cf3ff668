//! How a connection begins: TLS where it is asked for, who we are, and the settings of the session.
//! Knows nothing of statements.

use std::io::{Read, Write};
use std::time::Instant;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::{AuthenticationSaslBody, Message};
use postgres_protocol::message::frontend;

use super::fault::Fault;
use super::location::{Location, Place, Tls};
use super::stream::Stream;
use super::wire::{Wire, state_of};
use crate::tls;

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoConnection {
    /// Nobody answers, or not in time: it may be better later.
    Unreachable,
    /// The server is not the one that was configured, or will not encrypt.
    Untrusted,
    /// The server does not take us: role, password, database.
    Rejected,
}

/// Connects, encrypts, proves who we are.
pub(super) fn connect(location: &Location, deadline: Instant) -> Result<Wire, NoConnection> {
    let stream =
        Stream::open(&location.place, deadline).map_err(|_io| NoConnection::Unreachable)?;
    stream
        .until(deadline)
        .map_err(|_io| NoConnection::Unreachable)?;
    let stream = match (&location.tls, &location.place) {
        (Tls::Off, _) => stream,
        (Tls::Verified(roots), Place::Host(host, _)) => {
            let config = tls::config(roots.as_deref()).ok_or(NoConnection::Untrusted)?;
            let stream = willing(stream)?;
            stream
                .secured(host, config)
                .map_err(|_io| NoConnection::Untrusted)?
        }
        (Tls::Verified(_), Place::Socket(_)) => return Err(NoConnection::Untrusted),
    };
    let mut wire = Wire::new(stream, deadline);
    introduce(&mut wire, location)?;
    Ok(wire)
}

/// Asks the server to encrypt. Nothing was sent before, and one byte alone is read: what an attacker on the way
/// puts behind it unencrypted (CVE-2021-23222) has no place to go.
fn willing(mut stream: Stream) -> Result<Stream, NoConnection> {
    let mut out = BytesMut::new();
    frontend::ssl_request(&mut out);
    let mut answer = [0];
    stream
        .write_all(&out)
        .and_then(|()| stream.read_exact(&mut answer))
        .map_err(|_io| NoConnection::Unreachable)?;
    match answer {
        [b'S'] => Ok(stream),
        _ => Err(NoConnection::Untrusted),
    }
}

/// Settings that `DISCARD ALL` comes back to: what a session begins with.
fn settings(location: &Location) -> Vec<(&'static str, String)> {
    let quoted = crate::postgres::quote::quoted(&location.schema);
    [
        ("user", location.user.clone()),
        ("database", location.database.clone()),
        ("application_name", "aegis".to_owned()),
        ("client_encoding", "UTF8".to_owned()),
        // `pg_catalog` stays first, so that nobody's function stands before an engine's own.
        ("search_path", quoted),
        ("default_transaction_read_only", "on".to_owned()),
        ("statement_timeout", "60s".to_owned()),
        ("lock_timeout", "2s".to_owned()),
        ("idle_in_transaction_session_timeout", "90s".to_owned()),
        ("standard_conforming_strings", "on".to_owned()),
        ("DateStyle", "ISO, YMD".to_owned()),
        ("IntervalStyle", "iso_8601".to_owned()),
        ("TimeZone", "UTC".to_owned()),
        ("extra_float_digits", "1".to_owned()),
        ("bytea_output", "hex".to_owned()),
        ("row_security", "on".to_owned()),
    ]
    .into()
}

fn introduce(wire: &mut Wire, location: &Location) -> Result<(), NoConnection> {
    let settings = settings(location);
    let pairs = settings.iter().map(|(key, value)| (*key, value.as_str()));
    let mut out = BytesMut::new();
    frontend::startup_message(pairs, &mut out).map_err(|_nul| NoConnection::Rejected)?;
    wire.send(&out).map_err(no_answer)?;
    let password = location.password.as_ref().map(|word| word.as_bytes());
    loop {
        match wire.receive().map_err(no_answer)? {
            Message::AuthenticationOk | Message::BackendKeyData(_) => {}
            Message::AuthenticationSasl(body) => {
                scram(wire, &body, password.ok_or(NoConnection::Rejected)?)?;
            }
            // A password that anybody on the way could read, or guess from a weak hash, is not sent.
            Message::AuthenticationCleartextPassword if wire.stream().is_private() => {
                let mut out = BytesMut::new();
                frontend::password_message(password.ok_or(NoConnection::Rejected)?, &mut out)
                    .map_err(|_nul| NoConnection::Rejected)?;
                wire.send(&out).map_err(no_answer)?;
            }
            Message::ReadyForQuery(_) => return Ok(()),
            Message::ErrorResponse(body) => {
                return Err(match state_of(&body).get(..2) {
                    // Starting up, shutting down, too many connections.
                    Some("57" | "53") => NoConnection::Unreachable,
                    _ => NoConnection::Rejected,
                });
            }
            _ => return Err(NoConnection::Rejected),
        }
    }
}

fn no_answer(_: Fault) -> NoConnection {
    NoConnection::Unreachable
}

fn scram(
    wire: &mut Wire,
    offered: &AuthenticationSaslBody,
    password: &[u8],
) -> Result<(), NoConnection> {
    let rejected = |_| NoConnection::Rejected;
    let knows = offered.mechanisms().any(|name| Ok(name == SCRAM_SHA_256));
    if !knows.unwrap_or(false) {
        return Err(NoConnection::Rejected);
    }
    let mut scram = ScramSha256::new(password, ChannelBinding::unsupported());
    let mut out = BytesMut::new();
    frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), &mut out).map_err(rejected)?;
    wire.send(&out).map_err(no_answer)?;
    let Message::AuthenticationSaslContinue(body) = wire.receive().map_err(no_answer)? else {
        return Err(NoConnection::Rejected);
    };
    scram.update(body.data()).map_err(rejected)?;
    let mut out = BytesMut::new();
    frontend::sasl_response(scram.message(), &mut out).map_err(rejected)?;
    wire.send(&out).map_err(no_answer)?;
    let Message::AuthenticationSaslFinal(body) = wire.receive().map_err(no_answer)? else {
        return Err(NoConnection::Rejected);
    };
    // The server proves that it knows the password, too.
    scram.finish(body.data()).map_err(rejected)
}
