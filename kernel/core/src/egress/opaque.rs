//! Whole texts that are an identifier, a moment or a small number and hold nothing of a person.
//! Knows nothing of keys: where one names the value, it does not ask here.

use super::summary::Summary;
use super::words::class;

/// Longest text that is looked at, in bytes.
const BYTES_MAX: usize = 40;
/// Most digits of a number that no type has without a name.
const DIGITS_MAX: usize = 8;

/// Fewest bytes of a UUID or a time stamp.
const WHOLE_BYTES_MIN: usize = 19;

/// Bytes of a UUID as it is written.
pub(super) const UUID_BYTES: usize = 36;
/// Where its hyphens stand.
const UUID_HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Whether the text as a whole is a UUID (RFC 9562), a time stamp (RFC 3339), or a number of few digits.
pub(super) fn is_opaque(text: &str, summary: &Summary) -> bool {
    (summary.digits() <= DIGITS_MAX
        && text.len() <= BYTES_MAX
        && summary.only(class::DIGIT | class::JOINER)
        && is_number(text.as_bytes()))
        || summary.is_whole()
}

/// Whether it is a UUID or a time stamp, which are never a part of something.
pub(super) fn is_whole(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.get(8) {
        // A UUID, or a moment's day, which has no hyphen there.
        Some(b'-') => is_uuid(bytes),
        Some(_) if (WHOLE_BYTES_MIN..=BYTES_MAX).contains(&bytes.len()) => is_moment(bytes),
        _ => false,
    }
}

fn is_number(bytes: &[u8]) -> bool {
    let mut digits = 0;
    let mut dots = 0;
    for byte in bytes {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' => dots += 1,
            b'-' => {}
            _ => return false,
        }
    }
    digits <= DIGITS_MAX && dots <= 1
}

/// Whether a text that is whole is a UUID.
pub(super) fn is_identifier(text: &str) -> bool {
    text.as_bytes().get(8) == Some(&b'-')
}

/// Digits alone would be too good a hiding place.
fn is_uuid(bytes: &[u8]) -> bool {
    let is_hyphen = |at: &usize| bytes.get(*at) == Some(&b'-');
    bytes.len() == UUID_BYTES
        && UUID_HYPHENS.iter().all(is_hyphen)
        && bytes.iter().filter(|byte| byte.is_ascii_hexdigit()).count()
            == UUID_BYTES - UUID_HYPHENS.len()
        && bytes.iter().any(u8::is_ascii_alphabetic)
}

/// `2024-03-01T10:20:30.123456Z`.
fn is_moment(bytes: &[u8]) -> bool {
    const SHAPE: &[u8] = b"9999-99-99T99:99:99";
    let Some((date, rest)) = bytes.split_at_checked(SHAPE.len()) else {
        return false;
    };
    let shaped = SHAPE.iter().zip(date).all(|(shape, byte)| match shape {
        b'9' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        mark => mark == byte,
    });
    let fraction = match rest.strip_prefix(b".") {
        Some(digits) => {
            1 + digits
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
        }
        None => 0,
    };
    let zone = rest.get(fraction..).unwrap_or_default();
    let plausible = matches!(date, [b'1' | b'2', ..]);
    shaped
        && plausible
        && fraction <= 10
        && match zone {
            [] | [b'Z' | b'z'] => true,
            [b'+' | b'-', offset @ ..] => {
                offset.len() <= 5
                    && offset
                        .iter()
                        .all(|byte| byte.is_ascii_digit() || *byte == b':')
            }
            _ => false,
        }
}
