//! Where an analyser is: `http` on this machine, `https` anywhere, since texts that go there are not yet masked in full.
//! Knows nothing of connections, nor of whose certificates count.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hyper::Uri;
use rustls::pki_types::ServerName;
use thiserror::Error;

/// How an analyser is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In the clear, on this machine; tried one after the other.
    Clear(Vec<SocketAddr>),
    /// Encrypted, and proven to be who it is called.
    Proven {
        /// What its certificate must say.
        name: ServerName<'static>,
        host: String,
        port: u16,
    },
}

/// The place of an analyser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(super) way: Way,
    /// Host and port as the request names them.
    pub(super) host: String,
    /// Path and query.
    pub(super) path: String,
}

/// Why a URL is no analyser's.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AddressFault {
    /// Not a URL with a host.
    #[error("no URL such as `http://127.0.0.1:5002/analyze`")]
    Form,
    /// Another machine.
    #[error("its host is not this machine: texts would leave it in the clear")]
    Elsewhere,
}

impl AddressFault {
    /// What to do instead.
    #[must_use]
    pub fn fix(self) -> &'static str {
        match self {
            Self::Form => "give `http://HOST:PORT/analyze` without user or fragment",
            Self::Elsewhere => {
                "use https, or run the analyser on this machine: 127.0.0.1, [::1] or localhost"
            }
        }
    }
}

impl Address {
    /// Reads a URL; without a path it is `/analyze`.
    ///
    /// # Errors
    /// Where texts cannot be sent there.
    pub fn parse(url: &str) -> Result<Self, AddressFault> {
        if url.contains(['#', '@']) || url.len() > 2_048 {
            return Err(AddressFault::Form);
        }
        let uri: Uri = url.parse().map_err(|_| AddressFault::Form)?;
        let usual = match uri.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            _ => return Err(AddressFault::Form),
        };
        let authority = uri.authority().ok_or(AddressFault::Form)?;
        let port = match authority.port_u16() {
            Some(0) => return Err(AddressFault::Form),
            None if authority.as_str() != authority.host() => return Err(AddressFault::Form),
            port => port.unwrap_or(usual),
        };
        let way = match usual {
            443 => proven(authority.host(), port).ok_or(AddressFault::Form)?,
            _ => {
                let hosts = this_machine(authority.host()).ok_or(AddressFault::Elsewhere)?;
                Way::Clear(hosts.iter().map(|ip| SocketAddr::new(*ip, port)).collect())
            }
        };
        let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
            "/" => "/analyze",
            path => path,
        };
        Ok(Self {
            way,
            host: authority.as_str().to_owned(),
            path: path.to_owned(),
        })
    }

    /// Whether it must show a certificate.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self.way, Way::Proven { .. })
    }
}

/// A host by name or number, which its certificate must name.
fn proven(host: &str, port: u16) -> Option<Way> {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let host = bare.unwrap_or(host).to_owned();
    let name = ServerName::try_from(host.clone()).ok()?;
    Some(Way::Proven { name, host, port })
}

/// The loopback addresses that a host is; a name is not looked up, since its answer could change.
fn this_machine(host: &str) -> Option<Vec<IpAddr>> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some(vec![
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ]);
    }
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let ip: IpAddr = bare.unwrap_or(host).parse().ok()?;
    ip.is_loopback().then(|| vec![ip])
}
