//! The digest of what an operator wrote, whatever its layout.
//! Knows nothing of files.

use sha2::{Digest, Sha256};

use crate::json::Json;

/// SHA-256 of the canonical JSON text, in lower-case hex.
#[must_use]
pub fn digest(value: &Json) -> String {
    let bytes = Sha256::digest(value.to_canonical().as_bytes());
    bytes.iter().fold(String::with_capacity(64), |mut hex, b| {
        use std::fmt::Write as _;
        let _ = write!(hex, "{b:02x}");
        hex
    })
}
