//! What a secret of a store may be called.
//! Knows nothing of stores.

use aegis_core::limits::NAME_BYTES_MAX;

/// Whether this is a name: 1 to 64 of `A-Z a-z 0-9 . _ -`, the first a letter or digit.
#[must_use]
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= NAME_BYTES_MAX
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}
