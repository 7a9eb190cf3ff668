//! Base 85 as Adobe, RFC 1924 and ZeroMQ write it, wherever a token of a text decodes to one.
//! Knows nothing of what the text says.

use super::plain::TooLong;

/// Letters of one group, and the bytes that it holds.
const GROUP: usize = 5;
const GROUP_BYTES: usize = 4;
/// Shortest token that is looked at.
pub(in crate::egress) const TOKEN_BYTES_MIN: usize = 12;
/// Fewest readable bytes that are taken for a text.
const TEXT_BYTES_MIN: usize = 9;
/// Longest text that is read from one token.
const TEXT_BYTES_MAX: usize = 64 * 1024;
const RADIX: u32 = 85;
const NONE: u8 = u8::MAX;

const RFC1924: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
const ZEROMQ: &[u8; 85] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// Values of the letters of one alphabet.
type Values = [u8; 256];

const fn values(letters: &[u8]) -> Values {
    let mut table = [NONE; 256];
    let mut rest = letters;
    let mut value = 0;
    while let [letter, tail @ ..] = rest {
        if let Some((_, from)) = table.split_at_mut_checked(*letter as usize)
            && let Some(slot) = from.first_mut()
        {
            *slot = value;
        }
        value += 1;
        rest = tail;
    }
    table
}

/// Adobe's alphabet: the printable letters from `!` on.
const fn adobe() -> Values {
    let mut letters = [0u8; 85];
    let mut rest: &mut [u8] = &mut letters;
    let mut letter = b'!';
    while let [first, tail @ ..] = rest {
        *first = letter;
        letter += 1;
        rest = tail;
    }
    values(&letters)
}

static ALPHABETS: [Values; 3] = [adobe(), values(RFC1924), values(ZEROMQ)];
/// What the first letter of a group is worth where the group's first byte is readable.
const FIRST: std::ops::RangeInclusive<u8> = 10..=40;

/// Spans that decode to text, each with the text; at most `budget` bytes in all.
///
/// # Errors
/// [`TooLong`] where there would be more.
pub(in crate::egress) fn runs(
    text: &str,
    mut budget: usize,
) -> Result<Vec<(usize, usize, String)>, TooLong> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    // A blank among so many bytes leaves no room for a token that begins before it.
    while let Some(window) = bytes.get(at..at + TOKEN_BYTES_MIN) {
        if let Some(blank) = window.iter().rposition(u8::is_ascii_whitespace) {
            at += blank + 1;
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.iter().position(u8::is_ascii_whitespace);
        let end = at + length.unwrap_or(rest.len());
        token(bytes, (at, end), &mut budget, &mut found)?;
        at = end + 1;
    }
    Ok(found)
}

/// Whether a token may hold one: two groups that are readable, from its begin or from a mark on.
pub(in crate::egress) fn may_hold(token: &[u8]) -> bool {
    let mut starts = true;
    token.windows(TOKEN_BYTES_MIN).any(|window| {
        let begins = std::mem::replace(&mut starts, window.first().is_some_and(is_mark));
        begins && ALPHABETS.iter().any(|values| is_begun(window, values))
    })
}

/// Whether a readable text of more than one group begins here.
fn is_begun(bytes: &[u8], values: &Values) -> bool {
    // A look at the first letters of two groups is enough for nearly all that is no text.
    let reads = |at: usize| {
        let letters = bytes.get(at..at + GROUP);
        let four = letters.and_then(|letters| group(letters, values));
        four.is_some_and(|four| four.iter().all(is_readable))
    };
    leads(bytes, 0, values) && leads(bytes, GROUP, values) && reads(0) && reads(GROUP)
}

/// What one token without blanks holds, from its begin or from a mark in it on.
fn token(
    bytes: &[u8],
    (from, end): (usize, usize),
    budget: &mut usize,
    found: &mut Vec<(usize, usize, String)>,
) -> Result<(), TooLong> {
    let (mut at, mut starts) = (from, true);
    while at + TOKEN_BYTES_MIN <= end {
        let rest = bytes.get(at..end).unwrap_or_default();
        let read = starts
            .then(|| ALPHABETS.iter().find_map(|values| decode(rest, values)))
            .flatten();
        if let Some((length, plain)) = read {
            *budget = budget.checked_sub(plain.len()).ok_or(TooLong)?;
            found.push((at, at + length, plain));
            at += length;
            starts = false;
            continue;
        }
        starts = rest.first().is_some_and(is_mark);
        at += 1;
    }
    Ok(())
}

/// The text that begins here and how many letters it takes.
fn decode(bytes: &[u8], values: &Values) -> Option<(usize, String)> {
    if !is_begun(bytes, values) {
        return None;
    }
    let mut out = Vec::new();
    let mut at = 0;
    while out.len() < TEXT_BYTES_MAX {
        let whole = bytes
            .get(at..at + GROUP)
            .and_then(|letters| group(letters, values));
        match whole.filter(|four| four.iter().all(is_readable)) {
            Some(four) => out.extend(four),
            None => {
                at += last(bytes.get(at..).unwrap_or_default(), values, &mut out);
                break;
            }
        }
        at += GROUP;
    }
    let text = String::from_utf8(out).ok()?;
    (text.len() >= TEXT_BYTES_MIN).then_some((at, text))
}

/// What one may stand behind.
fn is_mark(byte: &u8) -> bool {
    matches!(
        byte,
        b'"' | b'\'' | b'=' | b':' | b'>' | b',' | b'(' | b'[' | b'{' | b'|' | b';' | b'`' | b'~'
    )
}

fn leads(bytes: &[u8], at: usize, values: &Values) -> bool {
    bytes
        .get(at)
        .is_some_and(|letter| FIRST.contains(&value(*letter, values)))
}

fn value(letter: u8, values: &Values) -> u8 {
    values.get(usize::from(letter)).copied().unwrap_or(NONE)
}

/// Reads the group that is cut short at the end of a token; how many letters it takes.
fn last(rest: &[u8], values: &Values, out: &mut Vec<u8>) -> usize {
    for length in (2..GROUP).rev() {
        let ends = rest
            .get(length)
            .is_none_or(|next| !next.is_ascii_alphanumeric());
        let mut letters = [0u8; GROUP];
        let Some(given) = rest.get(..length).filter(|_| ends) else {
            continue;
        };
        // What is left out counts as the highest letter.
        let highest = values
            .iter()
            .position(|value| u32::from(*value) == RADIX - 1);
        letters.fill(
            highest
                .and_then(|at| u8::try_from(at).ok())
                .unwrap_or_default(),
        );
        for (slot, letter) in letters.iter_mut().zip(given) {
            *slot = *letter;
        }
        let part = group(&letters, values);
        let part = part.and_then(|four| four.get(..length - 1).map(<[u8]>::to_vec));
        if let Some(part) = part.filter(|part| part.iter().all(is_readable)) {
            out.extend(part);
            return length;
        }
    }
    0
}

fn group(letters: &[u8], values: &Values) -> Option<[u8; GROUP_BYTES]> {
    let mut sum = 0u32;
    for letter in letters {
        let value = value(*letter, values);
        if value == NONE {
            return None;
        }
        sum = sum.checked_mul(RADIX)?.checked_add(u32::from(value))?;
    }
    Some(sum.to_be_bytes())
}

fn is_readable(byte: &u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\t')
}
