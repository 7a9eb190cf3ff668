//! What one look at a text says of it as a piece among its neighbours: what it holds, how it begins and ends.
//! Knows nothing of the neighbours. One word, since each piece is asked many times, and moved.

use super::alike::alike;
use super::detect;
use super::summary::Summary;
use super::words::class;

/// Longest text that is a piece of a value as a whole, in bytes.
const PIECE_BYTES_MAX: usize = 40;
/// What may stand between the digits of a number where it is cut.
const SEPARATORS: [char; 3] = ['-', '.', '/'];

/// Its lower half counts the digits, then come the classes, then these.
#[derive(Clone, Copy)]
pub(super) struct Look(u64);

const CLASSES: u32 = 32;
const BEGINS: u64 = 1 << 48;
const BEGINS_DIGIT: u64 = 1 << 49;
const ENDS: u64 = 1 << 50;
const ENDS_DIGIT: u64 = 1 << 51;
const WENT_ON: u64 = 1 << 52;
const GOES_ON: u64 = 1 << 53;
const JOINS: u64 = 1 << 54;
const WHOLE: u64 = 1 << 55;
const LONG: u64 = 1 << 56;
const HEADS: u64 = 1 << 57;

impl Look {
    /// Of a barrier.
    pub(super) const GONE: Self = Self((class::CONTROL as u64) << CLASSES);

    #[inline]
    pub(super) fn at(text: &str, seen: &Summary) -> Self {
        // Most texts begin and end with a letter or a digit.
        let edges = match text.as_bytes() {
            [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => {
                edge_bits(Some(*first), BEGINS, BEGINS_DIGIT)
                    | edge_bits(Some(*last), ENDS, ENDS_DIGIT)
            }
            _ => edges(text),
        };
        let whole = seen.is_whole();
        let flag = |is: bool, bit: u64| if is { bit } else { 0 };
        Self(
            u64::from(seen.digits_counted())
                | u64::from(seen.classes()) << CLASSES
                | edges
                | flag(!whole && can_join(text, seen), JOINS)
                | flag(whole, WHOLE)
                | flag(text.len() > PIECE_BYTES_MAX, LONG)
                | flag(may_head(text.as_bytes()), HEADS),
        )
    }

    /// How many digits the text holds.
    pub(super) fn digits(self) -> u32 {
        u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }

    /// Whether any of the classes of bytes occurs in it.
    pub(super) fn has(self, classes: u16) -> bool {
        self.0 & u64::from(classes) << CLASSES != 0
    }

    fn is(self, bit: u64) -> bool {
        self.0 & bit != 0
    }

    /// Its first byte, blanks and one separator of numbers aside, is a letter or a digit.
    pub(super) fn begins(self) -> bool {
        self.is(BEGINS)
    }

    /// That is a digit.
    pub(super) fn begins_with_digit(self) -> bool {
        self.is(BEGINS_DIGIT)
    }

    /// Its last byte, blanks and one separator of numbers aside, is a letter or a digit.
    pub(super) fn ends(self) -> bool {
        self.is(ENDS)
    }

    /// That is a digit.
    pub(super) fn ends_with_digit(self) -> bool {
        self.is(ENDS_DIGIT)
    }

    /// It begins with a separator of numbers.
    pub(super) fn went_on(self) -> bool {
        self.is(WENT_ON)
    }

    /// It ends with one.
    pub(super) fn goes_on(self) -> bool {
        self.is(GOES_ON)
    }

    /// It is too long to be a piece of a value as a whole.
    pub(super) fn is_long(self) -> bool {
        self.is(LONG)
    }

    /// It may begin as an account number or a secret does, whatever its digits are.
    pub(super) fn may_head(self) -> bool {
        self.is(HEADS)
    }

    /// It can be a part of something.
    pub(super) fn joins(self) -> bool {
        self.is(JOINS)
    }

    /// An identifier or a moment, which is no part of anything.
    pub(super) fn is_whole(self) -> bool {
        self.is(WHOLE)
    }
}

/// Whether a text can be a part of something: digits, a part of an address, of a secret, of a key.
fn can_join(text: &str, seen: &Summary) -> bool {
    if text.len() > PIECE_BYTES_MAX {
        return true;
    }
    let digits = seen.digits();
    let spaces = match seen.has(class::SPACE) {
        true => text.bytes().filter(|byte| *byte == b' ').count(),
        false => 0,
    };
    digits * 2 >= text.len() - spaces
        || seen.has(class::AT)
        || (spaces == 0 && text.len() >= 4 && digits > 0)
        || (spaces == 0 && text.len() >= 8 && detect::begins_secret(text))
        || (seen.has(class::JOINER) && seen.has(class::LETTER) && text.contains("KEY-----"))
}

/// Whether a text may begin as an account number or a secret does.
fn may_head(text: &[u8]) -> bool {
    let Some(head) = text.first_chunk::<3>() else {
        return false;
    };
    let [one, two, _] = head;
    one.is_ascii_alphabetic() && two.is_ascii_alphabetic()
        || detect::may_hold_secret_head(&head.map(alike))
}

/// What stands at the edges, and whether a separator of numbers stands before the first and behind the last.
fn edges(whole: &str) -> u64 {
    let text = whole.strip_prefix(SEPARATORS);
    let went_on = if text.is_some() { WENT_ON } else { 0 };
    let text = text.unwrap_or(whole);
    let first = edge(text.bytes().next(), || text.trim_start().bytes().next());
    let text = whole.strip_suffix(SEPARATORS);
    let goes_on = if text.is_some() { GOES_ON } else { 0 };
    let text = text.unwrap_or(whole);
    let last = edge(text.bytes().next_back(), || {
        text.trim_end().bytes().next_back()
    });
    went_on | goes_on | edge_bits(first, BEGINS, BEGINS_DIGIT) | edge_bits(last, ENDS, ENDS_DIGIT)
}

/// A byte at an edge; `trimmed` is asked where it may be a blank.
fn edge(byte: Option<u8>, trimmed: impl FnOnce() -> Option<u8>) -> Option<u8> {
    match byte? {
        byte if byte.is_ascii_graphic() => Some(byte),
        _ => trimmed(),
    }
}

#[inline]
fn edge_bits(byte: Option<u8>, some: u64, digit: u64) -> u64 {
    match byte {
        Some(b'0'..=b'9') => some | digit,
        Some(byte) if byte.is_ascii_alphabetic() => some,
        _ => 0,
    }
}
