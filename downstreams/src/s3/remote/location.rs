//! Where a bucket is: `s3://BUCKET/PREFIX?endpoint=…`, read strictly.
//! Knows nothing of credentials or requests.

use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::ServeError;
use crate::bounds::{KEY_BYTES_MAX, REMOTE_TIME_MS};
use crate::s3::key::plain;
use crate::s3::options::URL_VARIABLE;

/// A bucket's place, and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) bucket: String,
    /// Empty, or plain components that end with `/`: the jail.
    pub(super) jail: String,
    /// `http` or `https`.
    pub(super) scheme: &'static str,
    /// Host and port of the endpoint, as the URL has them.
    pub(super) authority: String,
    pub(super) region: String,
    /// Whether the bucket's name stands in the host rather than in the path.
    pub(super) virtual_host: bool,
    /// The certificates that may vouch for the endpoint; the system's where there is none.
    pub(super) ca: Option<PathBuf>,
    /// How long one call may take in all.
    pub(super) time: Duration,
    /// Whether keys that differ by case or Unicode form alone are refused.
    pub(super) refuse_twins: bool,
}

#[derive(Default)]
struct Said {
    endpoint: Option<String>,
    region: Option<String>,
    style: Option<String>,
    http: Option<String>,
    ca: Option<String>,
    timeout_ms: Option<String>,
    twins: Option<String>,
}

impl Location {
    /// Reads what follows `s3://`.
    pub(super) fn parse(text: &str) -> Result<Self, ServeError> {
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if !is_bucket(bucket) {
            return fault("the bucket's name is not one of S3's: `s3://BUCKET/PREFIX?…`");
        }
        let said = Said::read(query)?;
        let region = said.region.unwrap_or_else(|| "us-east-1".to_owned());
        if region.is_empty()
            || !region
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            return fault("`region` has a form that is not known: e.g. `eu-central-1`");
        }
        let (scheme, authority) = match said.endpoint {
            Some(endpoint) => endpoint_of(&endpoint)?,
            None => ("https", format!("s3.{region}.amazonaws.com")),
        };
        let in_the_clear = one_of(said.http.as_deref(), [(None, false), (Some("allow"), true)])
            .ok_or_else(|| setting("`http` can only be `allow`"))?;
        if scheme == "http" && !in_the_clear {
            return fault("`endpoint` is not encrypted: use https, or say `http=allow`");
        }
        // Where no endpoint is given, it is Amazon's, which wants the bucket in the host.
        let usual = authority.ends_with(".amazonaws.com");
        let styles = [
            (None, usual),
            (Some("path"), false),
            (Some("virtual"), true),
        ];
        let virtual_host = one_of(said.style.as_deref(), styles)
            .ok_or_else(|| setting("`style` is `path` or `virtual`"))?;
        let twins = [(None, true), (Some("refuse"), true), (Some("allow"), false)];
        let refuse_twins = one_of(said.twins.as_deref(), twins)
            .ok_or_else(|| setting("`twins` is `refuse` or `allow`"))?;
        Ok(Self {
            bucket: bucket.to_owned(),
            jail: jail(prefix)?,
            scheme,
            authority,
            region,
            virtual_host,
            ca: said.ca.map(PathBuf::from),
            time: time(said.timeout_ms.as_deref())?,
            refuse_twins,
        })
    }

    /// Host and port that requests go to.
    pub(super) fn host(&self) -> String {
        if self.virtual_host {
            format!("{}.{}", self.bucket, self.authority)
        } else {
            self.authority.clone()
        }
    }

    /// The bucket's own URL, without a `/` at its end.
    pub(super) fn bucket_url(&self) -> String {
        let root = format!("{}://{}", self.scheme, self.host());
        if self.virtual_host {
            root
        } else {
            format!("{root}/{}", self.bucket)
        }
    }

    /// What `object_store` calls the endpoint: with the bucket where that stands in the host.
    pub(super) fn endpoint(&self) -> String {
        format!("{}://{}", self.scheme, self.host())
    }
}

impl Said {
    fn read(query: &str) -> Result<Self, ServeError> {
        let mut said = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let slot = match name {
                "endpoint" => &mut said.endpoint,
                "region" => &mut said.region,
                "style" => &mut said.style,
                "http" => &mut said.http,
                "ca" => &mut said.ca,
                "timeout_ms" => &mut said.timeout_ms,
                "twins" => &mut said.twins,
                _ => {
                    return fault(
                        "there is an unknown setting: known are `endpoint`, `region`, `style`, `http`, `ca`, `timeout_ms` and `twins`",
                    );
                }
            };
            let value = percent_decode_str(value).decode_utf8();
            let value = value.map_err(|_| setting("a setting is not UTF-8"))?;
            if value.is_empty() || slot.replace(value.into_owned()).is_some() {
                return fault("a setting is empty or stands twice");
            }
        }
        Ok(said)
    }
}

fn setting(what: &'static str) -> ServeError {
    ServeError::Setting(URL_VARIABLE, what)
}

fn fault<T>(what: &'static str) -> Result<T, ServeError> {
    Err(setting(what))
}

fn one_of<const N: usize>(said: Option<&str>, words: [(Option<&str>, bool); N]) -> Option<bool> {
    words
        .iter()
        .find(|(word, _)| *word == said)
        .map(|(_, means)| *means)
}

/// S3's rules for names, without those that are there for old buckets.
fn is_bucket(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|b| plain(b) || b == b'-' || b == b'.')
        && name.bytes().next().is_some_and(plain)
        && name.bytes().last().is_some_and(plain)
        && !name.contains("..")
}

/// The prefix as plain components. One that needs repair would have two spellings.
fn jail(prefix: &str) -> Result<String, ServeError> {
    let whole = prefix.strip_suffix('/').unwrap_or(prefix);
    if whole.is_empty() && prefix.is_empty() {
        return Ok(String::new());
    }
    let fits = whole.len() < KEY_BYTES_MAX / 2
        && whole.split('/').all(plain)
        && !whole.contains('%')
        && unicode_normalization::is_nfc(whole);
    if !fits {
        return fault("the prefix is not made of plain components: `s3://BUCKET/some/prefix`");
    }
    Ok(format!("{whole}/"))
}

fn endpoint_of(endpoint: &str) -> Result<(&'static str, String), ServeError> {
    let (scheme, authority) = match endpoint.split_once("://") {
        Some(("https", rest)) => ("https", rest),
        Some(("http", rest)) => ("http", rest),
        _ => return fault("`endpoint` has a form that is not known: `https://HOST:PORT`"),
    };
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    let read: Result<hyper::http::uri::Authority, _> = authority.parse();
    match read {
        Ok(read) if !read.host().is_empty() && !authority.contains('@') => {
            Ok((scheme, authority.to_owned()))
        }
        _ => fault("`endpoint` has a form that is not known: `https://HOST:PORT`"),
    }
}

fn time(said: Option<&str>) -> Result<Duration, ServeError> {
    let (usual, least, most) = REMOTE_TIME_MS;
    let Some(said) = said else {
        return Ok(Duration::from_millis(usual));
    };
    match said.parse() {
        Ok(ms) if (least..=most).contains(&ms) => Ok(Duration::from_millis(ms)),
        _ => fault("`timeout_ms` is not a number of milliseconds from 100 to 600000"),
    }
}
