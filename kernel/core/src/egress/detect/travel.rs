//! The lines of a passport, visa or identity card that machines read (ICAO Doc 9303), with their check digits.
//! Knows nothing of the text around them.

use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;

/// The characters of a line: of an identity card, of a small and of a large document.
const CARD: usize = 30;
const SMALL: usize = 36;
const LARGE: usize = 44;
/// The weights of the check digit (Part 3, section 4.9), again and again.
const WEIGHTS: [u32; 3] = [7, 3, 1];

/// Finds them. Every line has a filler or is long: runs are taken at each filler once.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    let bytes = text.text.as_bytes();
    let mut next = 0;
    for at in memchr::memchr_iter(b'<', bytes) {
        if at < next {
            continue;
        }
        let start = text.skip_back(at, LARGE, is_letter);
        next = text.skip(at, is_letter).max(at + 1);
        run(text, start, next, hits);
    }
}

fn is_letter(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'<')
}

/// One run of such characters: a line, or all lines of a document without a break between.
fn run(text: &Text<'_>, start: usize, end: usize, hits: &mut Vec<Hit>) {
    let length = end - start;
    let lines: &[usize] = match length {
        CARD | SMALL | LARGE => &[length],
        72 => &[SMALL, SMALL],
        88 => &[LARGE, LARGE],
        90 => &[CARD, CARD, CARD],
        _ => return,
    };
    let mut at = start;
    for length in lines {
        let line = text.bytes(at, at + length);
        let kind = if is_numbers(line) {
            Some(Kind::PASSPORT)
        } else if is_names(line) {
            Some(Kind::PERSON)
        } else {
            None
        };
        hits.extend(kind.map(|kind| Hit::new(kind, at, at + length)));
        at += length;
    }
}

/// Whether the number of a document, or dates, stand in a line with the check digits that they must have.
fn is_numbers(line: &[u8]) -> bool {
    let passes = |from: usize, to: usize| {
        let digit = line.get(to).copied().unwrap_or(0);
        let field = line.get(from..to).unwrap_or_default();
        digit == check(field) || digit == b'<' && field.iter().all(|byte| *byte == b'<')
    };
    let dated = |from: usize| {
        let field = line.get(from..from + 6).unwrap_or_default();
        field
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'<')
            && field.first().is_some_and(u8::is_ascii_digit)
    };
    let lettered = |from: usize, to: usize| {
        let field = line.get(from..to).unwrap_or_default();
        field
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || *byte == b'<')
    };
    if line.len() == CARD {
        let head = line
            .first()
            .is_some_and(|byte| matches!(byte, b'A' | b'C' | b'I'));
        // The number of the document; or dates, sex and country.
        return head && lettered(2, 5) && is_filled(line.get(5..14)) && passes(5, 14)
            || dated(0) && passes(0, 6) && dated(8) && passes(8, 14) && lettered(15, 18);
    }
    is_filled(line.get(..9))
        && passes(0, 9)
        && lettered(10, 13)
        && dated(13)
        && passes(13, 19)
        && dated(21)
        && passes(21, 27)
}

/// Whether anything but fillers is there.
fn is_filled(field: Option<&[u8]>) -> bool {
    field.is_some_and(|field| field.iter().any(u8::is_ascii_digit))
}

/// Whether a line holds names: letters, two fillers between family and others, and on a large document its kind and country.
fn is_names(line: &[u8]) -> bool {
    let letters = |line: &[u8]| {
        line.iter()
            .all(|byte| byte.is_ascii_uppercase() || *byte == b'<')
    };
    let names = match line.len() {
        CARD => line,
        _ => line.get(5..).unwrap_or_default(),
    };
    let kind = line.len() == CARD || line.first().is_some_and(|byte| b"PVIAC".contains(byte));
    let parted = names
        .windows(3)
        .any(|three| matches!(three, [b'<', b'<', b'A'..=b'Z']));
    let begins = names.first().is_some_and(u8::is_ascii_uppercase);
    // A name that fills its line has no filler at its end, and is none of a word in a program.
    kind && begins && letters(line) && (parted || line.ends_with(b"<<<<"))
}

/// The check digit of a field.
fn check(field: &[u8]) -> u8 {
    let value = |byte: &u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    };
    let weights = WEIGHTS.iter().cycle();
    let sum: u32 = field
        .iter()
        .zip(weights)
        .map(|(byte, weight)| value(byte) * weight)
        .sum();
    u8::try_from(sum % 10).map_or(0, |digit| b'0' + digit)
}
