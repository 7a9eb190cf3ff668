//! TLS for the listener, from a certificate chain and a key in PEM.
//! Knows nothing of where they are kept.

use std::fmt;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

/// What connections are encrypted with.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Why TLS cannot be had. Names nothing of the key.
#[derive(Debug, Error)]
pub enum TlsFault {
    /// No certificate in what should be a chain.
    #[error("the certificate chain is not PEM with at least one certificate")]
    Chain,
    /// No key.
    #[error("the key is not PEM with one private key")]
    Key,
    /// They do not belong together, or are of a kind that is not served.
    #[error("the certificate and the key cannot be served: {0}")]
    Pair(#[source] rustls::Error),
}

impl Tls {
    /// TLS 1.2 and 1.3 with the usual suites, HTTP/1.1 alone.
    ///
    /// # Errors
    /// Where chain or key cannot be read, or do not fit.
    pub fn new(chain: &[u8], key: &[u8]) -> Result<Self, TlsFault> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let chain = chain.map_err(|_| TlsFault::Chain)?;
        if chain.is_empty() {
            return Err(TlsFault::Chain);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsFault::Key)?;
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
            .map_err(TlsFault::Pair)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(super) fn acceptor(&self) -> &TlsAcceptor {
        &self.0
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}
