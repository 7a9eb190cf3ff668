//! Entity tags: the SHA-256 of an object's bytes in a directory, a store's own elsewhere; and the conditions made of them.
//! Knows nothing of files.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::code::S3Code;

/// The quoted lower-case hex SHA-256 of the bytes.
pub(super) fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", sha256(bytes))
}

/// The lower-case hex SHA-256 of the bytes.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _never_fails = write!(hex, "{byte:02x}");
    }
    hex
}

/// Whose tags a condition is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// Those that [`etag`] writes.
    Digests,
    /// A store's, whatever they mean to it.
    Any,
}

/// What must hold of an object before it is written (RFC 9110 §13.1, as far as S3 knows it).
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    /// It exists and has this tag; `*` is any.
    pub(super) if_match: Option<String>,
    /// It does not exist; the value can only be `*`.
    pub(super) if_none_match: Option<String>,
}

impl Condition {
    /// Checks the form.
    pub(super) fn check_form(&self, tags: Tags) -> Result<(), S3Code> {
        let known = match tags {
            Tags::Digests => well_formed,
            Tags::Any => is_tag,
        };
        let tag = |text: &String| text == "*" || known(text);
        let fits = self.if_match.as_ref().is_none_or(tag)
            && self.if_none_match.as_ref().is_none_or(|text| text == "*");
        fits.then_some(()).ok_or(S3Code::BadArgument)
    }

    /// Checks the object's present tag; `None` is no object.
    pub(super) fn check(&self, present: Option<&str>) -> Result<(), S3Code> {
        let matches = match (&self.if_match, present) {
            (None, _) => true,
            (Some(wanted), Some(present)) => wanted == "*" || wanted == present,
            (Some(_), None) => false,
        };
        let absent = self.if_none_match.is_none() || present.is_none();
        (matches && absent)
            .then_some(())
            .ok_or(S3Code::PreconditionFailed)
    }
}

/// A tag as [`etag`] writes it. An unquoted or weak one would never match: better to say so.
fn well_formed(text: &str) -> bool {
    text.strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .is_some_and(|hex| {
            hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        })
}

/// A strong tag (RFC 9110 §8.8.3) of a length that a store gives. A weak one never matches.
pub(super) fn is_tag(text: &str) -> bool {
    text.strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .is_some_and(|tag| {
            (1..=126).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_graphic() && b != b'"')
        })
}
