//! What `aegis serve --http` needs of the configuration: who may speak, and how it is encrypted.
//! Knows nothing of HTTP.

use std::collections::BTreeMap;
use std::future::pending;
use std::net::SocketAddr;

use aegis_core::principal::{Principal, Proof};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Config, HttpConfig, TlsConfig, TokenRef};
use crate::north::http::{Bearers, Digest, HttpOptions, Pace, Tls};
use crate::south::Keyring;

/// Finds tokens and keys. There is no token that is not configured.
pub(super) fn options(
    config: &Config,
    address: Option<SocketAddr>,
    keyring: &Keyring,
) -> Result<HttpOptions, String> {
    let Some(http) = &config.http else {
        return Err(
            "`--http` needs `[north.http]` in the configuration: without it nobody has a token"
                .to_owned(),
        );
    };
    let listen = address.unwrap_or(http.listen);
    if !listen.ip().is_loopback() && !http.exposed {
        return Err(format!(
            "other machines reach {listen}: `[north.http]` must say `exposed = true`, with `tls` or `plain = true`"
        ));
    }
    Ok(HttpOptions {
        listen,
        hosts: http.hosts.clone(),
        origins: http.origins.clone(),
        tls: match &http.tls {
            Some(config) => Some(tls(config, keyring)?),
            None => None,
        },
        bearers: bearers(http, keyring)?,
        streams: http.streams,
        pace: Pace::default(),
    })
}

fn bearers(http: &HttpConfig, keyring: &Keyring) -> Result<Bearers, String> {
    let mut bearers = Bearers::default();
    let mut owners: BTreeMap<Digest, &str> = BTreeMap::new();
    for (name, references) in &http.principals {
        let mut tokens = Vec::new();
        for reference in references {
            let token = match reference {
                TokenRef::Sha256(digest) => *digest,
                TokenRef::Secret(secret) => keyring
                    .token_digest(secret)
                    .map_err(|fault| fault.to_string())?,
            };
            if let Some(other) = owners.insert(token, name) {
                return Err(format!(
                    "`{other}` and `{name}` have the same token; each principal needs tokens of its own"
                ));
            }
            tokens.push(token);
        }
        let principal = Principal::assertion(name, Proof::Bearer);
        let admitted = bearers.admit(principal, tokens);
        admitted.map_err(|fault| format!("no randomness: {fault}"))?;
    }
    Ok(bearers)
}

fn tls(config: &TlsConfig, keyring: &Keyring) -> Result<Tls, String> {
    let place = config.certificate.display();
    let chain = std::fs::read(&config.certificate)
        .map_err(|fault| format!("certificate `{place}`: {fault}"))?;
    let key = keyring
        .key_bytes(&config.key)
        .map_err(|fault| fault.to_string())?;
    Tls::new(&chain, &key).map_err(|fault| fault.to_string())
}

/// Returns once an operator, or whoever supervises the process, wants it to end.
pub(super) async fn told_to_end() {
    let wait = |kind| async move {
        match signal(kind) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => pending().await,
        }
    };
    tokio::select! {
        () = wait(SignalKind::terminate()) => {}
        () = wait(SignalKind::interrupt()) => {}
    }
}
