//! Whose certificates a configured server may show: those of this system, or of one file alone.
//! Knows nothing of addresses.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

use super::Address;

/// Why nobody can be trusted.
#[derive(Debug, Error)]
pub enum TrustFault {
    /// The file of `ca`.
    #[error("`{0}` holds no certificates in PEM: name the authority that signed the server's")]
    File(PathBuf),
    /// This system has none.
    #[error("this system has no certificates that it trusts: name a file of them with `ca`")]
    System,
    /// The library's own.
    #[error("TLS cannot be had: {0}")]
    Library(#[from] rustls::Error),
}

/// Who is believed to be who they say; nobody has to be where nothing is encrypted.
#[derive(Clone, Debug)]
pub struct Trust(Option<Arc<ClientConfig>>);

impl Trust {
    /// Towards this address: one of these authorities, or of this system's, must vouch for it where it shows a
    /// certificate.
    ///
    /// # Errors
    /// Where no authority can be read.
    pub fn towards(address: &Address, ca: Option<&Path>) -> Result<Self, TrustFault> {
        let needed = address.is_proven();
        Ok(Self(needed.then(|| config(ca)).transpose()?))
    }

    pub(super) fn config(&self) -> Option<Arc<ClientConfig>> {
        self.0.clone()
    }
}

/// TLS 1.2 and 1.3 towards whom these authorities vouch for.
fn config(ca: Option<&Path>) -> Result<Arc<ClientConfig>, TrustFault> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(path) => {
            let file = || TrustFault::File(path.to_owned());
            let certificates = CertificateDer::pem_file_iter(path).map_err(|_| file())?;
            for certificate in certificates {
                let certificate = certificate.map_err(|_| file())?;
                roots.add(certificate).map_err(|_| file())?;
            }
            if roots.is_empty() {
                return Err(file());
            }
        }
        None => {
            // One that cannot be read vouches for nobody.
            let (added, _) =
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if added == 0 {
                return Err(TrustFault::System);
            }
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
