//! Token classes that look like numbers of persons and are not: UUIDs, digests.
//! Knows nothing of the numbers.

use super::text::Text;
use crate::egress::words::Word;

/// Lengths of hexadecimal digests, in letters (MD5 to SHA-512).
const DIGEST_LETTERS: [usize; 7] = [32, 40, 48, 56, 64, 96, 128];

/// Where a UUID (RFC 9562: 8-4-4-4-12) ends whose first or second part is this word.
pub(super) fn uuid(text: &Text<'_>, word: &Word) -> Option<usize> {
    let start = match word.end - word.start {
        8 => word.start,
        // A first part of letters alone is no word with digits.
        4 if text.before(word.start) == b'-' => word.start.checked_sub(9)?,
        _ => return None,
    };
    if text.before(start) == b'-' || text.word_before(start) {
        return None;
    }
    let mut at = start;
    for (n, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if n > 0 {
            if text.byte(at) != b'-' {
                return None;
            }
            at += 1;
        }
        let end = text.skip(at, |byte| byte.is_ascii_hexdigit());
        if end - at != length {
            return None;
        }
        at = end;
    }
    // Digits alone would be too good a hiding place.
    let letters = text.bytes(start, at).iter().any(u8::is_ascii_alphabetic);
    (letters && !text.in_word(at) && text.byte(at) != b'-').then_some(at)
}

/// Whether the word is a digest in hexadecimal.
pub(super) fn digest(text: &Text<'_>, word: &Word) -> bool {
    DIGEST_LETTERS.contains(&(word.end - word.start))
        && text
            .bytes(word.start, word.end)
            .iter()
            .all(u8::is_ascii_hexdigit)
}
