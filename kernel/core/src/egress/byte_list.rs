//! A list of numbers that are the bytes of a text: a buffer as JSON writes it.
//! Knows nothing of what the text holds.

use super::hit::Hit;
use super::tape::Value;
use super::walk::Found;

/// Fewest bytes that can hold a value.
const BYTES_MIN: usize = 6;
/// Digits of the largest byte.
const DIGITS_MAX: usize = 3;

/// The text, if every item is a byte of it.
pub(super) fn read(list: Value<'_, '_>) -> Option<String> {
    if list.len() < BYTES_MIN {
        return None;
    }
    let byte = |item: Value<'_, '_>| {
        let lexeme = item.as_number()?;
        lexeme.parse().ok().filter(|_| lexeme.len() <= DIGITS_MAX)
    };
    let bytes: Option<Vec<u8>> = list.items().map(byte).collect();
    let text = String::from_utf8(bytes?).ok()?;
    let plain = |c: char| !c.is_control() || c.is_ascii_whitespace();
    text.chars().all(plain).then_some(text)
}

/// Each item under a hit is part of its value.
pub(super) fn spread(text: &str, hits: &[Hit], list: Value<'_, '_>) -> Vec<Found> {
    let mut found = Vec::new();
    let lengths: Vec<usize> = list
        .items()
        .map(|item| item.as_number().map_or(0, str::len))
        .collect();
    for hit in hits {
        let value = hit.value.clone();
        let value = value.or_else(|| text.get(hit.start..hit.end).map(str::to_owned));
        for at in hit.start..hit.end {
            let length = lengths.get(at).copied().unwrap_or(0);
            let part = Hit {
                value: value.clone(),
                ..Hit::new(hit.kind, 0, length)
            };
            found.push((list.ordinal() + at, part));
        }
    }
    found
}
