//! The secrets that the kernel itself holds, found in every spelling that a downstream may echo.
//! Knows nothing of whose they are; never prints them.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use thiserror::Error;

use crate::limits::SECRET_BYTES_MIN;

/// Shortest encoded spelling that is searched for, in bytes.
const SPELLING_BYTES_MIN: usize = 8;

/// Known secrets. Neither `Debug` nor `Clone`: nothing prints them or carries them on.
pub struct Secrets {
    spellings: Option<AhoCorasick>,
}

/// Why a set of secrets is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SecretsFault {
    /// Shorter than six bytes: it would be found everywhere, or protect nothing.
    #[error("a secret is shorter than {SECRET_BYTES_MIN} bytes")]
    TooShort,
    /// More than can be searched for.
    #[error("the secrets are too many or too long to be searched for")]
    TooLarge,
}

impl Secrets {
    /// No secrets.
    #[must_use]
    pub fn none() -> Self {
        Self { spellings: None }
    }

    /// Takes the secrets as bytes.
    ///
    /// # Errors
    /// [`SecretsFault`] where one is too short or all are too large.
    pub fn new<B: AsRef<[u8]>>(secrets: impl IntoIterator<Item = B>) -> Result<Self, SecretsFault> {
        let mut spellings: HashSet<Vec<u8>> = HashSet::new();
        for secret in secrets {
            let secret = secret.as_ref();
            if secret.len() < SECRET_BYTES_MIN {
                return Err(SecretsFault::TooShort);
            }
            spellings.insert(secret.to_vec());
            let encoded = encodings(secret);
            spellings.extend(
                encoded
                    .into_iter()
                    .filter(|s| s.len() >= SPELLING_BYTES_MIN),
            );
        }
        if spellings.is_empty() {
            return Ok(Self::none());
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&spellings)
            .map_err(|_| SecretsFault::TooLarge)?;
        Ok(Self {
            spellings: Some(automaton),
        })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spellings.is_none()
    }

    /// Spans of secrets in `bytes`, in order and disjoint.
    pub(super) fn find<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = (usize, usize)> + 'a {
        self.spellings
            .iter()
            .flat_map(move |automaton| automaton.find_iter(bytes))
            .map(|found| (found.start(), found.end()))
    }
}

/// Every other spelling of the secret.
fn encodings(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        percent(
            secret,
            |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte),
            "%",
        ),
        percent(
            secret,
            |byte| byte.is_ascii_alphanumeric() || b"-._~!*'()".contains(&byte),
            "%",
        ),
        percent(secret, |_| false, "%"),
        percent(
            secret,
            |byte| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte),
            "+",
        ),
        secret.iter().rev().copied().collect(),
    ];
    let lower: Vec<_> = all
        .iter()
        .skip(2)
        .take(4)
        .map(|spelled| lower_escapes(spelled))
        .collect();
    all.extend(lower);
    if let Ok(text) = std::str::from_utf8(secret) {
        all.push(json(text, false));
        all.push(json(text, true));
        all.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        all.push(html(text));
    }
    for offset in 0..3usize {
        all.extend(base64_at(secret, offset));
    }
    all
}

/// The letters of base64 that the secret alone decides when it stands `offset` bytes into a group.
fn base64_at(secret: &[u8], offset: usize) -> [Vec<u8>; 2] {
    let mut padded = vec![0u8; offset];
    padded.extend_from_slice(secret);
    let skip = match offset {
        0 => 0,
        1 => 2,
        _ => 3,
    };
    let bits = padded.len() * 8;
    let letters = bits / 6 - skip;
    let cut = |encoded: String| encoded.bytes().skip(skip).take(letters).collect();
    [
        cut(STANDARD_NO_PAD.encode(&padded)),
        cut(URL_SAFE_NO_PAD.encode(&padded)),
    ]
}

/// Percent-encoding with the letters that stay; `space` is `+` in forms.
fn percent(secret: &[u8], stays: impl Fn(u8) -> bool, space: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(secret.len());
    for byte in secret {
        if stays(*byte) {
            out.push(*byte);
        } else if *byte == b' ' && space == "+" {
            out.push(b'+');
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

/// `%2F` as `%2f`.
fn lower_escapes(spelled: &[u8]) -> Vec<u8> {
    let mut left = 0;
    spelled
        .iter()
        .map(|byte| {
            if *byte == b'%' {
                left = 3;
            }
            let escape = left > 0;
            left -= usize::from(left > 0);
            if escape {
                byte.to_ascii_lowercase()
            } else {
                *byte
            }
        })
        .collect()
}

/// As a JSON string without its quotes; `/` may be escaped too.
fn json(text: &str, slash: bool) -> Vec<u8> {
    let quoted = crate::json::Json::from(text).to_string();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    if slash {
        inner.replace('/', "\\/").into_bytes()
    } else {
        inner.as_bytes().to_vec()
    }
}

fn html(text: &str) -> Vec<u8> {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .into_bytes()
}
