//! As much of HTTP/1.1 as a witness and its clients need: bounded, without TLS, one body of a stated length.
//! Knows nothing of checkpoints. TLS is for a proxy in front: what is sent is signed and holds no secret.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use aegis_core::limits;

use crate::clock::Clock;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// `Content-Type`.
    pub kind: String,
    /// The body.
    pub body: String,
}

impl Response {
    /// Plain text.
    #[must_use]
    pub fn words(status: u16, body: &str) -> Self {
        Self {
            status,
            kind: "text/plain; charset=utf-8".to_owned(),
            body: body.to_owned(),
        }
    }

    /// A size that was seen: C2SP tlog-witness, 409.
    #[must_use]
    pub fn size(size: u64) -> Self {
        Self {
            status: 409,
            kind: "text/x.tlog.size".to_owned(),
            body: format!("{size}\n"),
        }
    }

    fn write(&self, mut to: impl Write, last: bool) -> io::Result<()> {
        let reason = match self.status {
            200 => "OK",
            400 => "Bad Request",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            409 => "Conflict",
            413 => "Content Too Large",
            422 => "Unprocessable Entity",
            _ => "Internal Server Error",
        };
        let close = if last { "Connection: close\r\n" } else { "" };
        let head = format!(
            "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{close}\r\n",
            self.status,
            self.kind,
            self.body.len()
        );
        to.write_all(format!("{head}{}", self.body).as_bytes())?;
        to.flush()
    }
}

/// Bytes of one connection, each read within what is left of the time for a message.
struct Wire<'s> {
    stream: &'s TcpStream,
    pending: Vec<u8>,
    clock: Clock,
}

impl Wire<'_> {
    fn more(&mut self) -> io::Result<()> {
        let spent = Duration::from_nanos(self.clock.mono_ns());
        let left = Duration::from_secs(limits::WITNESS_MESSAGE_S).saturating_sub(spent);
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut chunk = [0; 4096];
        let mut stream = self.stream;
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.pending.extend(chunk.iter().take(read));
        Ok(())
    }

    /// The lines before a body; `None` where there are too many bytes of them.
    fn head(&mut self) -> io::Result<Option<String>> {
        loop {
            let end = self.pending.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let rest = self.pending.split_off(end + 4);
                let head = std::mem::replace(&mut self.pending, rest);
                return Ok(String::from_utf8(head).ok());
            }
            if self.pending.len() > limits::WITNESS_HEAD_BYTES_MAX {
                return Ok(None);
            }
            self.more()?;
        }
    }

    fn body(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.pending.len() < length {
            self.more()?;
        }
        let rest = self.pending.split_off(length);
        Ok(std::mem::replace(&mut self.pending, rest))
    }
}

/// The length that the header lines state, and whether the connection ends; `Err` where a body has no single stated length.
fn framing(head: &str) -> Result<(usize, bool), ()> {
    let (mut length, mut close) = (None, false);
    for line in head.trim_end().split("\r\n").skip(1) {
        let (name, value) = line.split_once(':').ok_or(())?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "transfer-encoding" => return Err(()),
            "content-length" => {
                let digits = value.bytes().all(|byte| byte.is_ascii_digit());
                let stated = value.parse().ok().filter(|_| digits).ok_or(())?;
                if length.replace(stated).is_some() {
                    return Err(());
                }
            }
            "connection" => close = value.eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    Ok((length.unwrap_or(0), close))
}

/// Answers the requests of one connection until it ends or one of them is none.
pub(super) fn converse(stream: &TcpStream, answer: impl Fn(&str, &str, &[u8]) -> Response) {
    let mut wire = Wire {
        stream,
        pending: Vec::new(),
        clock: Clock::start(),
    };
    let wait = Some(Duration::from_secs(limits::WITNESS_MESSAGE_S));
    if stream.set_write_timeout(wait).is_err() {
        return;
    }
    for turn in 1..=limits::WITNESS_REQUESTS_MAX {
        wire.clock = Clock::start();
        let Ok(head) = wire.head() else { return };
        let parsed = head.as_deref().and_then(|head| {
            let mut words = head.split("\r\n").next()?.split(' ');
            let (method, target, version) = (words.next()?, words.next()?, words.next()?);
            let known = words.next().is_none() && matches!(version, "HTTP/1.1" | "HTTP/1.0");
            let (length, close) = framing(head).ok()?;
            known.then_some((method, target, length, close || version == "HTTP/1.0"))
        });
        let Some((method, target, length, close)) = parsed else {
            let _ = Response::words(400, "no request\n").write(stream, true);
            return;
        };
        if length > limits::WITNESS_BODY_BYTES_MAX {
            let _ = Response::words(413, "too long\n").write(stream, true);
            return;
        }
        let Ok(body) = wire.body(length) else { return };
        let last = close || turn == limits::WITNESS_REQUESTS_MAX;
        let written = answer(method, target, &body).write(stream, last);
        if written.is_err() || last {
            return;
        }
    }
}

/// The first of a name's addresses that answers, all of them within the time for one message.
fn connect(address: &str) -> io::Result<TcpStream> {
    let clock = Clock::start();
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for socket in address.to_socket_addrs()? {
        let spent = Duration::from_nanos(clock.mono_ns());
        let left = Duration::from_secs(limits::WITNESS_MESSAGE_S).saturating_sub(spent);
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(&socket, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// Posts a body to `http://HOST[:PORT]/PREFIX` and `/add-checkpoint` behind it.
///
/// # Errors
/// Where nobody answers in time, in HTTP and within bounds.
pub fn exchange(url: &str, body: &str) -> io::Result<Response> {
    let odd = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, what.to_owned());
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| odd("not `http://…`: TLS is for a proxy in front of a witness"))?;
    let (host, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let stray = |c: char| c.is_whitespace() || c.is_control() || c == '@';
    if host.is_empty() || rest.contains(stray) {
        return Err(odd("not an address of a witness"));
    }
    let address = match host.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => host.to_owned(),
        _ => format!("{host}:80"),
    };
    let stream = connect(&address)?;
    stream.set_write_timeout(Some(Duration::from_secs(limits::WITNESS_MESSAGE_S)))?;
    let place = match prefix.trim_end_matches('/') {
        "" => "/add-checkpoint".to_owned(),
        prefix => format!("/{prefix}/add-checkpoint"),
    };
    let head = format!(
        "POST {place} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    (&stream).write_all(format!("{head}{body}").as_bytes())?;
    let mut wire = Wire {
        stream: &stream,
        pending: Vec::new(),
        clock: Clock::start(),
    };
    let not_http = || io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP");
    let head = wire.head()?.ok_or_else(not_http)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let (length, _) = framing(&head).map_err(|()| not_http())?;
    if length > limits::NOTE_BYTES_MAX {
        return Err(not_http());
    }
    let kind = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map(|(_, value)| value.trim().to_owned());
    let body = String::from_utf8(wire.body(length)?).map_err(|_| not_http())?;
    Ok(Response {
        status: status.ok_or_else(not_http)?,
        kind: kind.unwrap_or_default(),
        body,
    })
}
