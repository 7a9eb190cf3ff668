//! Where an analyser is: `http` on this machine, since texts that go there are not yet masked in full.
//! Knows nothing of connections.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hyper::Uri;
use thiserror::Error;

/// The place of an analyser on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Tried one after the other.
    pub(super) sockets: Vec<SocketAddr>,
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
    /// Encrypted, which this kernel cannot do.
    #[error("`https` is not built in: texts would have to be sent in the clear")]
    Https,
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
            Self::Https | Self::Elsewhere => {
                "run the analyser, or the tunnel to it, on this machine: 127.0.0.1, [::1] or localhost"
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
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(AddressFault::Https),
            _ => return Err(AddressFault::Form),
        }
        let authority = uri.authority().ok_or(AddressFault::Form)?;
        let port = match authority.port_u16() {
            Some(0) => return Err(AddressFault::Form),
            None if authority.as_str() != authority.host() => return Err(AddressFault::Form),
            port => port.unwrap_or(80),
        };
        let hosts = this_machine(authority.host()).ok_or(AddressFault::Elsewhere)?;
        let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
            "/" => "/analyze",
            path => path,
        };
        Ok(Self {
            sockets: hosts.iter().map(|ip| SocketAddr::new(*ip, port)).collect(),
            host: authority.as_str().to_owned(),
            path: path.to_owned(),
        })
    }
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
