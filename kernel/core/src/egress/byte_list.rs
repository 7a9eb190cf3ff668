//! A list of numbers that are the bytes of a text: a buffer as JSON writes it.
//! Knows nothing of what the text holds.

use super::hit::Hit;
use super::walk::Found;
use crate::json::Json;

/// Fewest bytes that can hold a value.
const BYTES_MIN: usize = 6;
/// Digits of the largest byte.
const DIGITS_MAX: usize = 3;

/// The text, if every item is a byte of it.
pub(super) fn read(items: &[Json]) -> Option<String> {
    if items.len() < BYTES_MIN {
        return None;
    }
    let byte = |item: &Json| {
        let lexeme = item.as_number()?.lexeme();
        lexeme.parse().ok().filter(|_| lexeme.len() <= DIGITS_MAX)
    };
    let bytes: Option<Vec<u8>> = items.iter().map(byte).collect();
    let text = String::from_utf8(bytes?).ok()?;
    let plain = |c: char| !c.is_control() || c.is_ascii_whitespace();
    text.chars().all(plain).then_some(text)
}

/// Each item under a hit is part of its value.
pub(super) fn spread(text: &str, hits: &[Hit], items: &[Json], first: usize) -> Vec<Found> {
    let mut found = Vec::new();
    for hit in hits {
        let value = hit.value.clone();
        let value = value.or_else(|| text.get(hit.start..hit.end).map(str::to_owned));
        for at in hit.start..hit.end {
            let length = items.get(at).and_then(Json::as_number);
            let length = length.map_or(0, |number| number.lexeme().len());
            let part = Hit {
                value: value.clone(),
                ..Hit::new(hit.kind, 0, length)
            };
            found.push((first + at, part));
        }
    }
    found
}
