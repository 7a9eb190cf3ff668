//! Where a PostgreSQL server is and how it is to be spoken to, from `postgres://…`.
//! Knows nothing of sockets; never printed, since it holds the credential.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

/// How the server is reached.
#[derive(Clone)]
pub(super) enum Place {
    /// A host and its port.
    Host(String, u16),
    /// A socket in the file system.
    Socket(PathBuf),
}

/// Whether the connection is encrypted, and who vouches for the server.
#[derive(Clone)]
pub(super) enum Tls {
    /// Not at all: a socket of this machine, or asked for by `sslmode=disable`.
    Off,
    /// Verified against these certificates, or against those that the system trusts.
    Verified(Option<PathBuf>),
}

/// A location, checked.
#[derive(Clone)]
pub(super) struct Location {
    pub(super) place: Place,
    pub(super) tls: Tls,
    pub(super) user: String,
    pub(super) password: Option<Zeroizing<String>>,
    pub(super) database: String,
    /// The one schema that is served.
    pub(super) schema: String,
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Location([hidden])")
    }
}

const PORT: u16 = 5432;

impl Location {
    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…&sslrootcert=…&host=…&schema=…`; `None` where the
    /// form is another one. `sslmode` is `verify-full` (the default) or `disable`: the modes in between promise what they
    /// do not keep. An unknown parameter is refused: a mistyped one would silently mean the default.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (who, at) = authority.rsplit_once('@')?;
        let (user, password) = match who.split_once(':') {
            Some((user, password)) => (user, Some(Zeroizing::new(decoded(password)?))),
            None => (who, None),
        };
        let (host, port) = place(at)?;
        let mut host = Some(decoded(host)?);
        let (mut mode, mut roots, mut schema) = (None, None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=')?;
            let value = decoded(value)?;
            let before = match key {
                "sslmode" => mode.replace(value),
                "sslrootcert" => roots.replace(value),
                "schema" => schema.replace(value),
                "host" if host.as_deref().is_none_or(str::is_empty) => host.replace(value),
                _ => return None,
            };
            if before.is_some_and(|before| !before.is_empty()) {
                return None;
            }
        }
        let host = host.filter(|host| !host.is_empty())?;
        let place = match host.starts_with('/') {
            true => Place::Socket(PathBuf::from(host).join(format!(".s.PGSQL.{port}"))),
            false => Place::Host(host, port),
        };
        let tls = match (mode.as_deref(), &place) {
            (None, Place::Socket(_)) | (Some("disable"), _) if roots.is_none() => Tls::Off,
            (None | Some("verify-full"), Place::Host(..)) => Tls::Verified(roots.map(Into::into)),
            _ => return None,
        };
        let user = decoded(user).filter(|user| !user.is_empty())?;
        let database = decoded(database)?;
        Some(Self {
            place,
            tls,
            password,
            database: match database.is_empty() {
                true => user.clone(),
                false => database,
            },
            user,
            schema: schema.unwrap_or_else(|| "public".to_owned()),
        })
    }

    /// The role that statements run as, which owns nothing and may nothing but what a call gives it.
    pub(super) fn wall_role(&self) -> String {
        format!("{}_wall", self.user)
    }

    /// The schema that holds the aggregates for sums of measures.
    pub(super) fn sums_schema(&self) -> String {
        sums_schema(&self.user)
    }
}

/// The schema for sums that belongs to a login role.
pub(super) fn sums_schema(login: &str) -> String {
    format!("{login}_sums")
}

/// The same server, for somebody else and another database.
pub(super) fn elsewhere(url: &str, user: &str, password: &str, database: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
    let (_, at) = authority.rsplit_once('@')?;
    Some(format!(
        "postgres://{user}:{password}@{at}/{database}?{query}"
    ))
}

/// A host, in brackets where it is an address of IPv6, and its port.
fn place(text: &str) -> Option<(&str, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => text.split_at_checked(text.find(':').unwrap_or(text.len()))?,
    };
    match port.strip_prefix(':') {
        Some(port) => Some((host, port.parse().ok()?)),
        None => port.is_empty().then_some((host, PORT)),
    }
}

/// Percent-decoding; `None` where the bytes are no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return None;
                }
                u8::from_str_radix(digits, 16).ok()?
            }
            other => other,
        });
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.contains('\0')).then_some(text)
}
