//! Runs of letters and digits in the rarer spellings of bytes: base 58, base 32 in small letters, base 64 or 16 from
//! its end, three digits or eight bits a byte, EBCDIC, addresses under a key of one byte.
//! Knows nothing of what the text says. All of a run must be text, so that chance reads nothing.

use super::base;
use super::inflate;
use super::plain::{Plain, TooLong};

/// Fewest and most letters of base 58: reading it is a square of its length.
const BASE58_LETTERS: std::ops::RangeInclusive<usize> = 15..=192;
/// Fewest letters of the other bases.
const LETTERS_MIN: usize = 16;
/// Fewest letters of base 64 from its end.
const TURNED_MIN: usize = 14;
/// Fewest bytes of a text.
const TEXT_BYTES_MIN: usize = 8;
/// Letters from the end of a run that are tried before all of it is read.
const PROBE: usize = 8;
const BITS: usize = 8;
const DIGITS: usize = 3;

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// What a run reads as, if all of it is text.
pub(super) fn decode(run: &str) -> Option<Plain> {
    let bytes = run.as_bytes();
    if !bytes.is_ascii() || bytes.len() < TEXT_BYTES_MIN {
        return None;
    }
    let text = if bytes.iter().all(u8::is_ascii_digit) {
        bits(bytes)
            .or_else(|| digits(bytes))
            .or_else(|| hexadecimal(bytes))
    } else if bytes.iter().all(u8::is_ascii_hexdigit) {
        hexadecimal(bytes)
    } else {
        from_end(bytes)
            .or_else(|| base32(bytes))
            .or_else(|| base58(bytes))
    };
    text.map(Plain::Text)
}

/// Bytes that are readable ASCII from end to end.
fn readable(bytes: Vec<u8>) -> Option<String> {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    (bytes.len() >= TEXT_BYTES_MIN && bytes.iter().all(plain))
        .then(|| String::from_utf8(bytes).ok())
        .flatten()
}

/// `0011010000110001`.
fn bits(run: &[u8]) -> Option<String> {
    if run.len() < BITS * TEXT_BYTES_MIN
        || !run.len().is_multiple_of(BITS)
        || run.iter().any(|bit| *bit > b'1')
    {
        return None;
    }
    let byte = |bits: &[u8]| bits.iter().fold(0u8, |byte, bit| byte << 1 | (bit & 1));
    readable(run.chunks_exact(BITS).map(byte).collect())
}

/// `052049049`.
fn digits(run: &[u8]) -> Option<String> {
    if run.len() < DIGITS * TEXT_BYTES_MIN || !run.len().is_multiple_of(DIGITS) {
        return None;
    }
    let byte = |digits: &[u8]| {
        let value = digits
            .iter()
            .fold(0u32, |value, digit| value * 10 + u32::from(digit & 0xF));
        u8::try_from(value).ok()
    };
    readable(
        run.chunks_exact(DIGITS)
            .map(byte)
            .collect::<Option<Vec<u8>>>()?,
    )
}

/// Pairs of digits of base 16 that are no text as they stand.
fn hexadecimal(run: &[u8]) -> Option<String> {
    if run.len() < 2 * TEXT_BYTES_MIN || !run.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    let digits: Vec<u8> = run.iter().filter_map(|byte| digit(*byte)).collect();
    let pair = |pair: &[u8], turned: bool| match pair {
        [one, two] if turned => two << 4 | one,
        [one, two] => one << 4 | two,
        _ => 0,
    };
    let plain = || digits.chunks_exact(2).map(|two| pair(two, false));
    let turned: Vec<u8> = digits.rchunks_exact(2).map(|two| pair(two, true)).collect();
    readable(turned)
        .or_else(|| readable(plain().map(ebcdic).collect::<Option<Vec<u8>>>()?))
        .or_else(|| address(plain()))
}

/// A letter, digit or joiner of EBCDIC (code page 037 and its kin agree on these).
fn ebcdic(byte: u8) -> Option<u8> {
    Some(match byte {
        0xF0..=0xF9 => b'0' + (byte - 0xF0),
        0xC1..=0xC9 => b'A' + (byte - 0xC1),
        0xD1..=0xD9 => b'J' + (byte - 0xD1),
        0xE2..=0xE9 => b'S' + (byte - 0xE2),
        0x81..=0x89 => b'a' + (byte - 0x81),
        0x91..=0x99 => b'j' + (byte - 0x91),
        0xA2..=0xA9 => b's' + (byte - 0xA2),
        0x40 => b' ',
        0x4B => b'.',
        0x4E => b'+',
        0x60 => b'-',
        0x61 => b'/',
        0x6D => b'_',
        0x7A => b':',
        0x7C => b'@',
        _ => return None,
    })
}

/// A mail address whose bytes are combined with the first one, as a network of proxies writes them into its pages.
fn address(mut bytes: impl Iterator<Item = u8>) -> Option<String> {
    let key = bytes.next()?;
    let text = readable(bytes.map(|byte| byte ^ key).collect())?;
    let joined =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'_' | b'-' | b'+');
    (text.contains('@') && text.bytes().all(joined)).then_some(text)
}

/// Base 64 that is written from its end.
fn from_end(run: &[u8]) -> Option<String> {
    if run.len() < TURNED_MIN {
        return None;
    }
    let turned: Vec<u8> = run.iter().rev().copied().collect();
    let turned = String::from_utf8(turned).ok()?;
    // Its first letters decide for nearly all that is none.
    let head = base::base64(turned.get(..PROBE)?)?;
    readable([head.as_slice(), b"  "].concat())?;
    readable(base::base64(&turned)?)
}

/// RFC 4648 in small letters, and its alphabet for sorting.
fn base32(run: &[u8]) -> Option<String> {
    let has = |fits: fn(&u8) -> bool| run.iter().any(fits);
    let (upper, lower) = (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    if run.len() < LETTERS_MIN || !has(u8::is_ascii_digit) || (upper && lower) {
        return None;
    }
    let value = |byte: &u8| match byte.to_ascii_uppercase() {
        letter @ b'A'..=b'Z' => Some(letter - b'A'),
        digit @ b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    };
    let sorted = |byte: &u8| match byte.to_ascii_uppercase() {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        letter @ b'A'..=b'V' => Some(letter - b'A' + 10),
        _ => None,
    };
    let letters = || run.iter().filter(|byte| **byte != b'=');
    let read = |values: Option<Vec<u8>>| readable(quintets(&values?));
    read(letters().map(value).collect()).or_else(|| read(letters().map(sorted).collect()))
}

/// Bytes of which each letter holds five bits.
fn quintets(values: &[u8]) -> Vec<u8> {
    let (mut held, mut bits) = (0u32, 0u32);
    let mut out = Vec::with_capacity(values.len() * 5 / 8);
    for value in values {
        held = (held << 5 | u32::from(*value)) & 0xFFFF;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xFF).unwrap_or_default());
        }
    }
    out
}

/// The digits of one great number, most significant first.
fn base58(run: &[u8]) -> Option<String> {
    let mixed = run.iter().any(u8::is_ascii_uppercase) && run.iter().any(u8::is_ascii_lowercase);
    if !BASE58_LETTERS.contains(&run.len()) || !mixed {
        return None;
    }
    let mut words: Vec<u32> = Vec::with_capacity(run.len() / 5 + 1);
    for letter in run {
        let value = BASE58.iter().position(|one| one == letter)?;
        let mut carry = u64::try_from(value).ok()?;
        for word in &mut words {
            carry += u64::from(*word) * 58;
            *word = u32::try_from(carry & 0xFFFF_FFFF).unwrap_or_default();
            carry >>= 32;
        }
        if carry > 0 {
            words.push(u32::try_from(carry).unwrap_or_default());
        }
    }
    let bytes = words.iter().rev().flat_map(|word| word.to_be_bytes());
    readable(bytes.skip_while(|byte| *byte == 0).collect())
}

/// A raw DEFLATE stream without any head, where all of it is text.
///
/// # Errors
/// [`TooLong`] where it unpacks to more than `budget`.
pub(super) fn raw(bytes: &[u8], budget: usize) -> Result<Option<Plain>, TooLong> {
    // The last block of a stream, with codes: what is small has no other.
    if !bytes
        .first()
        .is_some_and(|first| matches!(first & 7, 3 | 5))
    {
        return Ok(None);
    }
    let unpacked = inflate::inflate(bytes, budget)?;
    Ok(unpacked.and_then(readable).map(Plain::Text))
}
