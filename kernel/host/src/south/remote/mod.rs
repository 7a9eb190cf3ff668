//! A downstream over Streamable HTTP, in either era: where it is, what it is shown, and how messages travel.
//! Knows nothing of tools, grants or lives. No stream is opened for what it might say unasked.

mod events;
mod fault;
mod head;
mod pool;
mod post;
mod response;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aegis_core::limits;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use self::fault::Fault;
pub(super) use self::wire::Wire;
use super::fault::SouthFault;
use super::keyring::Keyring;
use super::secret::Secret;
use crate::config::RemoteConfig;
use crate::dial::{Address, Trust};

/// Where a server is, and what it alone is shown.
pub(super) struct Remote {
    address: Address,
    trust: Trust,
    headers: BTreeMap<String, String>,
    bearer: Option<Arc<Secret>>,
    secret_headers: BTreeMap<String, Arc<Secret>>,
    /// Why the last request that failed did.
    last: Mutex<Option<Fault>>,
}

impl Remote {
    /// Resolves the secrets of one; connects to nothing.
    pub(super) fn new(
        server: &str,
        config: &RemoteConfig,
        keyring: &Keyring,
    ) -> Result<Self, SouthFault> {
        let trust = Trust::towards(&config.address, config.ca.as_deref());
        let trust = trust.map_err(|fault| SouthFault::Trust {
            server: server.to_owned(),
            fault,
        })?;
        let secret = |name: &str, reference| {
            keyring
                .resolve(reference)
                .map_err(|fault| SouthFault::Secret {
                    server: server.to_owned(),
                    variable: name.to_owned(),
                    fault,
                })
        };
        let bearer = config.bearer.as_ref();
        let bearer = bearer.map(|reference| secret("bearer", reference));
        let mut secret_headers = BTreeMap::new();
        for (name, reference) in &config.secret_headers {
            secret_headers.insert(name.clone(), secret(name, reference)?);
        }
        let remote = Self {
            address: config.address.clone(),
            trust,
            headers: config.headers.clone(),
            bearer: bearer.transpose()?,
            secret_headers,
            last: Mutex::default(),
        };
        match remote.headers() {
            Ok(_) => Ok(remote),
            Err(_) => Err(SouthFault::Header {
                server: server.to_owned(),
            }),
        }
    }

    /// How an operator knows it.
    pub(super) fn label(&self) -> &str {
        self.address.host()
    }

    /// All that must not leave: the values of its secrets, and what they carry behind the word of a scheme.
    pub(super) fn known(&self) -> Vec<Zeroizing<Vec<u8>>> {
        let secrets = self.bearer.iter().chain(self.secret_headers.values());
        let mut known: Vec<Zeroizing<Vec<u8>>> =
            secrets.clone().flat_map(|one| one.known()).collect();
        for secret in secrets {
            let Some((scheme, carried)) = secret.expose().split_once(' ') else {
                continue;
            };
            known.push(Zeroizing::new(carried.as_bytes().to_vec()));
            // RFC 7617: user and password in base64.
            let decoded = match scheme.eq_ignore_ascii_case("basic") {
                true => STANDARD.decode(carried).ok().map(Zeroizing::new),
                false => None,
            };
            if let Some(decoded) = decoded {
                let password = decoded.iter().position(|byte| *byte == b':');
                let password = password.and_then(|at| decoded.get(at + 1..));
                known.extend(password.map(|bytes| Zeroizing::new(bytes.to_vec())));
                known.push(decoded);
            }
        }
        // Shorter ones cannot be told from ordinary text.
        known.retain(|bytes| bytes.len() >= limits::SECRET_BYTES_MIN);
        known
    }

    /// Why the last request that failed did, in words.
    pub(super) fn last_fault(&self) -> Option<String> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.map(|fault| fault.to_string())
    }

    fn note(&self, fault: Fault) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    /// What the operator has added to every request, made anew for each and never kept.
    fn headers(&self) -> Result<HeaderMap, Fault> {
        let mut headers = HeaderMap::new();
        let user_agent = concat!("aegis/", env!("CARGO_PKG_VERSION"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(user_agent));
        for (name, value) in &self.headers {
            headers.insert(named(name)?, valued(value)?);
        }
        for (name, secret) in &self.secret_headers {
            let mut value = valued(secret.expose())?;
            value.set_sensitive(true);
            headers.insert(named(name)?, value);
        }
        if let Some(bearer) = &self.bearer {
            let text = Zeroizing::new(format!("Bearer {}", bearer.expose()));
            let mut value = valued(&text)?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(headers)
    }
}

fn named(name: &str) -> Result<HeaderName, Fault> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fault::Unreadable)
}

/// Visible ASCII and blanks within: whoever reads a head must read one value and no other.
fn valued(value: &str) -> Result<HeaderValue, Fault> {
    let plain = value
        .bytes()
        .all(|byte| byte.is_ascii_graphic() || byte == b' ');
    match plain && value.trim() == value {
        true => HeaderValue::from_str(value).map_err(|_| Fault::Unreadable),
        false => Err(Fault::Unreadable),
    }
}
