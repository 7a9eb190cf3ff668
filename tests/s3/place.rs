//! Where a store may be, how it is spoken to, and who it must prove to be.
//! Knows nothing of objects.

use aegis_downstreams::ServeError;
use aegis_downstreams::s3::{self, S3Options};
use aegis_tests::self_signed;
use rmcp::service::ClientLifecycleMode;
use serde_json::json;

use super::kit::{call, code, connect, credentials};
use super::store::Store;

#[tokio::test]
async fn a_store_is_spoken_to_where_its_certificate_is_vouched_for_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("bucket")).unwrap();
    let (tls, own) = self_signed("localhost");
    let (_, other) = self_signed("localhost");
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let root = file("root.pem", own);
    let stranger = file("stranger.pem", other);
    let store = Store::start_as(folder.path(), false, Some(tls));
    let port = store.port();
    let said = |host: &str, ca: &str| {
        let url = format!("s3://bucket/p?endpoint=https://{host}:{port}&ca={ca}");
        async move {
            let options = S3Options {
                url,
                stepwise: false,
                credentials: Some(credentials()),
            };
            let client = connect(&options, ClientLifecycleMode::Initialize).await;
            code(&call(&client, "list_objects", json!({})).await)
        }
    };
    assert_eq!(said("localhost", &root).await, None);
    assert_eq!(
        said("localhost", &stranger).await.as_deref(),
        Some("untrusted")
    );
    assert_eq!(said("127.0.0.1", &root).await.as_deref(), Some("untrusted"));
    assert_eq!(store.asked().len(), 1, "nobody else was told anything");
}

#[tokio::test]
async fn a_bucket_in_the_host_and_a_wrong_secret() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("bucket")).unwrap();
    let store = Store::start_as(folder.path(), true, None);
    let port = store.port();
    let mut options = S3Options {
        url: format!("s3://bucket?endpoint=http://localhost:{port}&http=allow&style=virtual"),
        stepwise: false,
        credentials: Some(credentials()),
    };
    let client = connect(&options, ClientLifecycleMode::Initialize).await;
    let put = json!({ "key": "a/k", "body": "x", "if_none_match": "*" });
    assert_eq!(code(&call(&client, "put_object", put).await), None);
    let got = call(&client, "list_objects", json!({}))
        .await
        .structured_content
        .unwrap();
    assert_eq!(got["objects"][0]["key"], "a/k");
    let asked = store.asked();
    assert!(
        asked.iter().all(|line| !line.contains("/bucket")),
        "{asked:?}"
    );
    let who = options.credentials.as_mut().unwrap();
    who.secret = "another-secret".to_owned();
    let client = connect(&options, ClientLifecycleMode::Initialize).await;
    let got = call(&client, "get_object", json!({ "key": "a/k" })).await;
    assert_eq!(code(&got).as_deref(), Some("access-denied"));
}

#[test]
fn a_location_with_a_doubt_in_it_is_refused_before_anything_is_asked() {
    let outcome = |url: &str| {
        let options = S3Options {
            url: url.to_owned(),
            stepwise: false,
            credentials: Some(credentials()),
        };
        s3::handler(&options).map(|_| ())
    };
    for url in [
        "s3://",
        "s3://UPPER",
        "s3://b",
        "s3://user@bucket",
        "s3://bucket/../x",
        "s3://bucket//x",
        "s3://bucket/a/./b",
        "s3://bucket/a%2e",
        "s3://bucket/a\\b",
        "s3://bucket/e\u{301}",
        "s3://bucket/p?endpoint=http://localhost:1",
        "s3://bucket/p?endpoint=ftp://localhost",
        "s3://bucket/p?endpoint=https://user@localhost",
        "s3://bucket/p?endpoint=https://localhost/path",
        "s3://bucket/p?endpoint=https://a&endpoint=https://b",
        "s3://bucket/p?region=",
        "s3://bucket/p?region=eu/x",
        "s3://bucket/p?style=both",
        "s3://bucket/p?http=yes",
        "s3://bucket/p?twins=maybe",
        "s3://bucket/p?timeout_ms=5",
        "s3://bucket/p?verify=none",
        "s3://bucket/p?ca=/nowhere.pem",
        "s3://bucket/p?ca=%ff",
    ] {
        let got = outcome(url);
        assert!(
            matches!(got, Err(ServeError::Setting(..))),
            "{url}: {got:?}"
        );
    }
    for url in [
        "s3://bucket?http=allow&endpoint=http://localhost:1",
        "s3://bucket/?http=allow&endpoint=http://[::1]:9000/",
        "s3://bucket/some/prefix/?http=allow&endpoint=http%3A%2F%2Flocalhost&style=path&region=eu-central-1&twins=allow&timeout_ms=1000",
    ] {
        assert_eq!(outcome(url), Ok(()), "{url}");
    }
    for (key_id, secret) in [
        ("", "secret"),
        ("a b", "secret"),
        ("id", ""),
        ("id", "a\nb"),
    ] {
        let mut who = credentials();
        (who.key_id, who.secret) = (key_id.to_owned(), secret.to_owned());
        let options = S3Options {
            url: "s3://bucket?http=allow&endpoint=http://localhost:1".to_owned(),
            stepwise: false,
            credentials: Some(who),
        };
        let got = s3::handler(&options).map(|_| ());
        assert!(matches!(got, Err(ServeError::Setting(..))), "{got:?}");
    }
}
