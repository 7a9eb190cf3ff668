//! JSON Web Tokens (RFC 7519): a header that decodes to JSON with `alg`, a payload, maybe a signature.
//! Knows nothing of keys or claims.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;

/// Longest header that is decoded, in letters.
const HEADER_BYTES_MAX: usize = 4096;

/// Finds tokens.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
    if memchr::memchr(b'J', text.text.as_bytes()).is_none() {
        return;
    }
    let mut done = 0;
    for start in memchr::memmem::find_iter(text.text.as_bytes(), b"eyJ") {
        if start < done {
            continue;
        }
        let header = text.skip(start, is_part);
        done = header;
        if header - start > HEADER_BYTES_MAX || text.byte(header) != b'.' {
            continue;
        }
        let payload = text.skip(header + 1, is_part);
        if payload < header + 5 || !has_algorithm(text.slice(start, header)) {
            continue;
        }
        let mut end = payload;
        // Encrypted tokens (RFC 7516) have five parts.
        for _ in 0..3 {
            if text.byte(end) == b'.' {
                end = text.skip(end + 1, is_part);
            }
        }
        done = end;
        hits.push(Hit::new(Kind::JWT, start, end));
    }
}

fn has_algorithm(header: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(header.trim_end_matches('='))
        .is_ok_and(|json| {
            memchr::memmem::find(&json, b"\"alg\"").is_some() || json.starts_with(b"{\"typ\"")
        })
}
