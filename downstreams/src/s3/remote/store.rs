//! One bucket over HTTP: signed requests, repeated within bounds.
//! Knows nothing of tools; the jail is kept here: no request names a key outside of it.

use std::time::Duration;

use bytes::Bytes;
use hyper::{Method, Request};
use object_store::aws::{
    AmazonS3, AmazonS3Builder, AwsAuthorizer, AwsCredential, S3ConditionalPut,
};
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpRequestBody, HttpService,
};
use object_store::path::Path;
use object_store::{BackoffConfig, GetOptions, ObjectStore, RetryConfig};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::attempt::{Attempt, Seen};
use super::fault::{self, Effect};
use super::http::Http;
use super::location::Location;
use crate::bounds::{REMOTE_PAUSE, REMOTE_TRIES_MAX};
use crate::s3::code::S3Code;
use crate::s3::key::Key;
use crate::s3::options::S3Credentials;
use crate::{ServeError, tls};

/// What SigV4 leaves as it is (RFC 3986 §2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) struct Store {
    /// Repeats what failed; for reads and for parts of an upload.
    pub(super) patient: AmazonS3,
    /// Asks once: what to do then depends on what was asked.
    pub(super) once: AmazonS3,
    http: Http,
    credential: AwsCredential,
    location: Location,
}

/// An object as a request for its head or content tells of it.
pub(super) struct Found {
    pub(super) etag: String,
    pub(super) size: u64,
}

#[derive(Clone, Debug)]
struct Connector(Http);

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

impl Store {
    pub(super) fn new(location: Location, who: &S3Credentials) -> Result<Self, ServeError> {
        let variable = crate::s3::options::URL_VARIABLE;
        let trust = match location.scheme {
            "https" => {
                let trust = tls::config(location.ca.as_deref());
                Some(trust.ok_or(ServeError::Setting(
                    variable,
                    "`ca` leads to no certificates in PEM, or this system trusts nobody",
                ))?)
            }
            _ => None,
        };
        // Several tries fit into the time of a call.
        let silence = location.time / 3;
        let http = Http::new(&location.host(), trust, silence).ok_or(ServeError::Setting(
            variable,
            "`endpoint` has a host that cannot be named",
        ))?;
        let store = |tries: usize| {
            let builder = AmazonS3Builder::new()
                .with_region(&location.region)
                .with_bucket_name(&location.bucket)
                .with_endpoint(location.endpoint())
                .with_virtual_hosted_style_request(location.virtual_host)
                .with_allow_http(location.scheme == "http")
                .with_access_key_id(&who.key_id)
                .with_secret_access_key(&who.secret)
                .with_conditional_put(S3ConditionalPut::ETagMatch)
                .with_disable_tagging(true)
                .with_http_connector(Connector(http.clone()))
                .with_retry(retries(tries, location.time));
            let builder = match &who.token {
                Some(token) => builder.with_token(token),
                None => builder,
            };
            builder.build().map_err(|_| ServeError::Unusable(variable))
        };
        Ok(Self {
            patient: store(REMOTE_TRIES_MAX - 1)?,
            once: store(0)?,
            credential: AwsCredential {
                key_id: who.key_id.clone(),
                secret_key: who.secret.clone(),
                token: who.token.clone(),
            },
            http,
            location,
        })
    }

    pub(super) fn time(&self) -> Duration {
        self.location.time
    }

    pub(super) fn refuses_twins(&self) -> bool {
        self.location.refuse_twins
    }

    /// What every key of this bucket's jail begins with.
    pub(super) fn jail(&self) -> &str {
        &self.location.jail
    }

    /// The whole key as `object_store` wants it; it must not repair anything.
    pub(super) fn path(&self, key: &str) -> Result<Path, S3Code> {
        let whole = format!("{}{key}", self.location.jail);
        let path = Path::parse(&whole).map_err(|_| S3Code::BadKey)?;
        (path.as_ref() == whole)
            .then_some(path)
            .ok_or(S3Code::BadKey)
    }

    /// Size and tag of an object.
    pub(super) async fn head(&self, key: &Key) -> Result<Found, S3Code> {
        let attempt = Attempt::default();
        let mut options = GetOptions::default().with_head(true);
        options.extensions.insert(attempt.clone());
        let path = self.path(key.as_str())?;
        let answer = self.patient.get_opts(&path, options).await;
        let meta = answer
            .map_err(|_| fault::code(attempt.seen(), Effect::Reads))?
            .meta;
        found(meta.e_tag, meta.size)
    }

    /// The same, or `None` where there is none.
    pub(super) async fn head_if_any(&self, key: &Key) -> Result<Option<Found>, S3Code> {
        match self.head(key).await {
            Ok(found) => Ok(Some(found)),
            Err(S3Code::NoSuchKey) => Ok(None),
            Err(code) => Err(code),
        }
    }

    /// An object's content, with the tag that came with it.
    pub(super) async fn get(&self, key: &Key) -> Result<(Bytes, Found), S3Code> {
        let attempt = Attempt::default();
        let mut options = GetOptions::default();
        options.extensions.insert(attempt.clone());
        let path = self.path(key.as_str())?;
        let told = |seen: Seen| fault::code(seen, Effect::Reads);
        let answer = self.patient.get_opts(&path, options).await;
        let answer = answer.map_err(|_| told(attempt.seen()))?;
        let found = found(answer.meta.e_tag.clone(), answer.meta.size)?;
        let bytes = answer.bytes().await.map_err(|_| told(attempt.seen()))?;
        if bytes.len() as u64 != found.size {
            return Err(S3Code::BadAnswer);
        }
        Ok((bytes, found))
    }

    /// Asks the bucket itself, or for one key of it, what `object_store` has no words for.
    pub(super) async fn ask(
        &self,
        method: &Method,
        key: Option<&str>,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        attempt: &Attempt,
    ) -> Result<Bytes, S3Code> {
        let effect = if method == Method::GET {
            Effect::Reads
        } else {
            Effect::Writes
        };
        let url = self.url(key, query);
        let mut tries = 1;
        loop {
            let mut request = Request::builder().method(method).uri(&url);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let request = request
                .extension(attempt.clone())
                .body(HttpRequestBody::empty());
            let mut request = request.map_err(|_| S3Code::BadArgument)?;
            AwsAuthorizer::new(&self.credential, "s3", &self.location.region)
                .try_authorize(&mut request, None)
                .map_err(|_| S3Code::Internal)?;
            if let Ok(answer) = self.http.call(request).await
                && answer.status().is_success()
            {
                return answer
                    .into_body()
                    .bytes()
                    .await
                    .map_err(|_| S3Code::BadAnswer);
            }
            let seen = attempt.seen();
            if tries >= REMOTE_TRIES_MAX || !fault::passes(seen) {
                return Err(fault::code(seen, effect));
            }
            pause(tries).await;
            tries += 1;
        }
    }

    fn url(&self, key: Option<&str>, query: &[(&str, &str)]) -> String {
        let mut url = self.location.bucket_url();
        if key.is_some() || self.location.virtual_host {
            url.push('/');
        }
        for (at, part) in key.into_iter().flat_map(|key| key.split('/')).enumerate() {
            if at > 0 {
                url.push('/');
            }
            url.extend(utf8_percent_encode(part, ENCODED));
        }
        for (at, (name, value)) in query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.extend(utf8_percent_encode(name, ENCODED));
            url.push('=');
            url.extend(utf8_percent_encode(value, ENCODED));
        }
        url
    }
}

/// The pause before another try: twice as long each time.
pub(super) async fn pause(tries: usize) {
    let times = 1_u32 << tries.min(8);
    tokio::time::sleep(REMOTE_PAUSE.saturating_mul(times)).await;
}

/// A tag that conditions can be made of. Without one, nothing could be compared.
fn found(etag: Option<String>, size: u64) -> Result<Found, S3Code> {
    let etag = etag
        .filter(|etag| crate::s3::etag::is_tag(etag))
        .ok_or(S3Code::BadAnswer)?;
    Ok(Found { etag, size })
}

fn retries(max_retries: usize, time: Duration) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: REMOTE_PAUSE,
            max_backoff: REMOTE_PAUSE.saturating_mul(16),
            base: 2.,
        },
        max_retries,
        retry_timeout: time,
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}
