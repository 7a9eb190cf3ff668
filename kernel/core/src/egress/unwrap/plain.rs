//! Decoded bytes as text, if they are text: UTF-8, UTF-16, or packed once more.
//! Knows nothing of what they were decoded from.

use super::inflate;

/// Shortest readable stretch inside bytes that are no text as a whole.
const STRETCH_BYTES_MIN: usize = 9;
/// Fewest bytes of a text.
const TEXT_BYTES_MIN: usize = 4;

/// Bytes read as text.
pub(in crate::egress) enum Plain {
    /// All of them are.
    Text(String),
    /// Parts of them are; the rest is blank.
    Parts(String),
}

impl Plain {
    /// The text.
    pub(in crate::egress) fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Parts(text) => text,
        }
    }
}

/// Reads bytes as text; at most `budget` bytes come out of packed ones, `Err` where more would.
pub(in crate::egress) fn read(bytes: &[u8], budget: usize) -> Result<Option<Plain>, TooLong> {
    if bytes.len() < TEXT_BYTES_MIN {
        return Ok(None);
    }
    if let Some(packed) = inflate::packed(bytes) {
        let unpacked = inflate::inflate(packed, budget)?;
        // `x?` begins many texts, and a packed one too.
        if let Some(plain) = unpacked.and_then(|bytes| text(&bytes)) {
            return Ok(Some(plain));
        }
    }
    Ok(text(bytes))
}

/// More bytes than the budget allows.
#[derive(Debug)]
pub(in crate::egress) struct TooLong;

fn text(bytes: &[u8]) -> Option<Plain> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && is_readable(text)
    {
        return Some(Plain::Text(text.to_owned()));
    }
    utf16(bytes).map(Plain::Text).or_else(|| stretches(bytes))
}

fn is_readable(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\0'))
}

/// UTF-16 of mostly ASCII, in either order, with or without its mark.
fn utf16(bytes: &[u8]) -> Option<String> {
    let half = bytes.len() / 2;
    let zeros = |odd: usize| {
        bytes
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let little = zeros(1) * 4 >= half * 3;
    let big = zeros(0) * 4 >= half * 3;
    if half < TEXT_BYTES_MIN || !(little || big) {
        return None;
    }
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [one, two] if little => u16::from_le_bytes([*one, *two]),
        [one, two] => u16::from_be_bytes([*one, *two]),
        _ => 0,
    });
    let text: String = char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    is_readable(&text).then_some(text)
}

/// Readable stretches inside other bytes, as where an encoded text begins in mid-word.
fn stretches(bytes: &[u8]) -> Option<Plain> {
    let readable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ' || *byte == b'\n';
    let mut out = String::new();
    for stretch in bytes.split(|byte| !readable(byte)) {
        if stretch.len() >= STRETCH_BYTES_MIN {
            out.push_str(std::str::from_utf8(stretch).unwrap_or_default());
            out.push('\u{1}');
        }
    }
    (!out.is_empty()).then_some(Plain::Parts(out))
}
