//! Codes of papers and post codes that have a shape of their own, where something has named them.
//! Knows nothing of what names them.

use crate::egress::hit::Hit;
use crate::egress::kind::Kind;

/// Shortest and longest post code, in bytes.
const POST_CODE_BYTES: std::ops::RangeInclusive<usize> = 4..=10;

/// Five letters of the name, six digits of the date, initials, and what tells people apart.
pub(super) fn is_british_licence(value: &str) -> bool {
    let bytes = value.as_bytes();
    let (Some(name), Some(date)) = (bytes.get(..5), bytes.get(5..11)) else {
        return false;
    };
    bytes.len() == 16
        && name
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || *byte == b'9')
        && date.iter().all(u8::is_ascii_digit)
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Nine digits and letters that are no vowels, the first of the office that gave it out.
pub(super) fn is_german_passport(value: &str) -> bool {
    let bytes = value.as_bytes();
    let consonant = |byte: &u8| b"CFGHJKLMNPRTVWXYZ".contains(byte);
    bytes.len() == 9
        && bytes.first().is_some_and(|byte| b"CFGHJK".contains(byte))
        && bytes.iter().any(u8::is_ascii_digit)
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_digit() || consonant(byte))
}

/// Of the central office: `U1`, seven letters or digits, a letter.
pub(super) fn is_italian_licence(value: &str) -> bool {
    let code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    value.len() == 10
        && value.starts_with("U1")
        && value.ends_with(|last: char| last.is_ascii_uppercase())
        && value.bytes().all(code)
}

/// A post code that is a member of its own in an address: `69003`, `10115-2024`, `1234 AB`.
pub(super) fn post_code(text: &str) -> Option<Hit> {
    let value = text.trim();
    let start = text.len() - text.trim_start().len();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-');
    let fits = POST_CODE_BYTES.contains(&value.len()) && digits >= 2 && value.bytes().all(plain);
    fits.then(|| Hit::new(Kind::LOCATION, start, start + value.len()))
}

/// A social security number whose first zero was lost where it was kept as a number.
pub(super) fn short_social_security(text: &str) -> Option<Hit> {
    let short = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    short.then(|| Hit::new(Kind::US_SSN, 0, text.len()))
}
