//! The same endpoint behind TLS; plain requests to it are no requests.
//! Knows nothing of configuration.

use std::sync::Arc;

use aegis_host::north::http::{Tls, TlsFault};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::agent::INITIALIZE;
use crate::http::{ANN, Served, hear};

fn pair() -> (String, String, RootCertStore) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    (cert.pem(), signing_key.serialize_pem(), roots)
}

#[tokio::test]
async fn the_endpoint_is_served_over_tls() {
    let (chain, key, roots) = pair();
    let tls = Tls::new(chain.as_bytes(), key.as_bytes()).unwrap();
    let served = Served::encrypted(Some(tls)).await;
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = served.connect().await;
    let mut stream = TlsConnector::from(Arc::new(client))
        .connect(name, stream)
        .await
        .unwrap();
    // The origin of its own pages, had it any, is encrypted too.
    let origin = format!("Origin: https://localhost:{}\r\n", served.port);
    let request = served.request("POST", ANN, &origin, INITIALIZE);
    stream.write_all(request.as_bytes()).await.unwrap();
    let heard = hear(&mut stream).await.unwrap();
    assert_eq!(heard.status, 200, "{heard:?}");
    assert!(heard.header("mcp-session-id").is_some());
    let plain = served.request("POST", ANN, "", INITIALIZE);
    assert!(
        served
            .raw(plain.as_bytes())
            .await
            .is_none_or(|heard| heard.status != 200)
    );
}

#[test]
fn what_is_no_pair_is_refused() {
    let (chain, key, _) = pair();
    let (other, ..) = pair();
    let refused = |chain: &str, key: &str| Tls::new(chain.as_bytes(), key.as_bytes()).unwrap_err();
    assert!(matches!(refused("", &key), TlsFault::Chain));
    assert!(matches!(refused(&key, &key), TlsFault::Chain));
    assert!(matches!(refused(&chain, &chain), TlsFault::Key));
    assert!(matches!(refused(&other, &key), TlsFault::Pair(_)));
}
