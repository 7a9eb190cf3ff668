//! Whom a TLS connection trusts: the certificates that were configured, else those of the system.
//! Knows nothing of what is said over it.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// A configuration that verifies chain and name; `None` where there is nobody to trust.
pub(crate) fn config(roots: Option<&Path>) -> Option<Arc<ClientConfig>> {
    let mut store = RootCertStore::empty();
    match roots {
        Some(path) => {
            for certificate in CertificateDer::pem_file_iter(path).ok()? {
                store.add(certificate.ok()?).ok()?;
            }
        }
        None => {
            let _unreadable =
                store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if store.is_empty() {
        return None;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(store)
        .with_no_client_auth();
    Some(Arc::new(config))
}
