//! Private keys in PEM, OpenSSH, PGP and PuTTY clothing, whole or cut off at either end.
//! Knows nothing of algorithms.

use std::sync::LazyLock;

use memchr::memmem;

use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::words::class;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const NAME: &[u8] = b"PRIVATE KEY";
/// The names of both kinds of files.
static NAMES: LazyLock<[memmem::Finder<'static>; 2]> =
    LazyLock::new(|| [NAME, b"PuTTY-User-Key"].map(memmem::Finder::new));
/// Longest label between the dashes.
const LABEL_BYTES_MAX: usize = 64;

/// Finds blocks; a block without its other end reaches to the end of the text on that side.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    let bytes = text.text.as_bytes();
    // Both names begin with the same letter, which is rare.
    if bytes.len() < NAME.len() || memchr::memchr(b'P', bytes).is_none() {
        return;
    }
    let [name, putty] = &*NAMES;
    let named = text.lexed.has(class::RARE) && name.find(bytes).is_some();
    if !named && putty.find(bytes).is_none() {
        return;
    }
    let mut at = 0;
    while let Some((from, begins)) = next(text, at) {
        if !begins {
            hits.push(Hit::new(Kind::PRIVATE_KEY, at, line_end(text, from)));
            at = line_end(text, from);
            continue;
        }
        let after = from + BEGIN.len();
        let end = match next(text, after) {
            Some((end, false)) => line_end(text, end),
            Some((other, true)) => other,
            None => bytes.len(),
        };
        hits.push(Hit::new(Kind::PRIVATE_KEY, from, end));
        at = end;
    }
    if let Some(start) = memmem::find(bytes, b"PuTTY-User-Key-File") {
        hits.push(Hit::new(Kind::PRIVATE_KEY, start, bytes.len()));
    }
}

/// The next line of a private key's head (`true`) or foot at or after `at`.
fn next(text: &Text<'_>, mut at: usize) -> Option<(usize, bool)> {
    let bytes = text.text.as_bytes();
    loop {
        let from = at + memmem::find(bytes.get(at..)?, b"-----")?;
        let rest = bytes.get(from..)?;
        let begins = rest.starts_with(BEGIN);
        let label = rest.get(..LABEL_BYTES_MAX.min(rest.len()))?;
        if (begins || rest.starts_with(END)) && memmem::find(label, NAME).is_some() {
            return Some((from, begins));
        }
        at = from + 5;
    }
}

/// One past the dashes that close the line.
fn line_end(text: &Text<'_>, from: usize) -> usize {
    let label = text.skip(from + END.len(), |byte| !matches!(byte, b'-' | b'\n'));
    text.skip(label, |byte| byte == b'-')
}
