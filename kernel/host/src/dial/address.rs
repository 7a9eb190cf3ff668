//! Where a configured server is: `https` anywhere, `http` on this machine, or elsewhere where that is said by name.
//! Knows nothing of connections, nor of whose certificates count.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hyper::Uri;
use rustls::pki_types::ServerName;
use thiserror::Error;

/// How a server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In the clear, on this machine; tried one after the other.
    Here(Vec<SocketAddr>),
    /// In the clear, wherever the name leads.
    Clear { host: String, port: u16 },
    /// Encrypted, and proven to be who it is called.
    Proven {
        /// What its certificate must say.
        name: ServerName<'static>,
        host: String,
        port: u16,
    },
}

/// The place of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(super) way: Way,
    host: String,
    path: String,
}

/// Why a URL is no server's.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AddressFault {
    /// Not a URL with a host.
    #[error("no URL such as `https://HOST:PORT/PATH`, without user or fragment")]
    Form,
    /// Another machine.
    #[error("its host is not this machine: texts would leave it in the clear")]
    Elsewhere,
}

impl Address {
    /// Reads a URL; without a path it is `usual_path`. Only where it may be `in_the_clear` is `http` taken for another
    /// machine than this.
    ///
    /// # Errors
    /// Where texts cannot be sent there.
    pub fn parse(url: &str, usual_path: &str, in_the_clear: bool) -> Result<Self, AddressFault> {
        if url.contains(['#', '@']) || url.len() > 2_048 {
            return Err(AddressFault::Form);
        }
        let uri: Uri = url.parse().map_err(|_| AddressFault::Form)?;
        let usual_port = match uri.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            _ => return Err(AddressFault::Form),
        };
        let authority = uri.authority().ok_or(AddressFault::Form)?;
        let port = match authority.port_u16() {
            Some(0) => return Err(AddressFault::Form),
            None if authority.as_str() != authority.host() => return Err(AddressFault::Form),
            port => port.unwrap_or(usual_port),
        };
        let way = match (usual_port, this_machine(authority.host())) {
            (443, _) => proven(authority.host(), port).ok_or(AddressFault::Form)?,
            (_, Some(hosts)) => {
                Way::Here(hosts.iter().map(|ip| SocketAddr::new(*ip, port)).collect())
            }
            (_, None) if in_the_clear => {
                let host = bare(authority.host()).to_owned();
                // What no certificate could name is no host's name.
                ServerName::try_from(host.as_str()).map_err(|_| AddressFault::Form)?;
                Way::Clear { host, port }
            }
            (_, None) => return Err(AddressFault::Elsewhere),
        };
        let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
            "/" => usual_path,
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

    /// Whether it is in the clear and not on this machine.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        matches!(self.way, Way::Clear { .. })
    }

    /// Host and port as a request names them.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Path and query.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

/// A host by name or number, which its certificate must name.
fn proven(host: &str, port: u16) -> Option<Way> {
    let host = bare(host).to_owned();
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
    let ip: IpAddr = bare(host).parse().ok()?;
    ip.is_loopback().then(|| vec![ip])
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    let inner = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    inner.unwrap_or(host)
}
