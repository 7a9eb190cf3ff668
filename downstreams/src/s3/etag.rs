//! Entity tags: the SHA-256 of an object's bytes, and the conditions made of them.
//! Knows nothing of files.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::code::S3Code;

/// The quoted lower-case hex SHA-256 of the bytes.
pub(super) fn etag(bytes: &[u8]) -> String {
    let mut etag = String::with_capacity(66);
    etag.push('"');
    for byte in Sha256::digest(bytes) {
        let _never_fails = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    etag
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
    pub(super) fn check_form(&self) -> Result<(), S3Code> {
        let tag = |text: &String| text == "*" || well_formed(text);
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
