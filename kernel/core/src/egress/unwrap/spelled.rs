//! Bytes written one by one: `34 31 31`, `34:31:31`, `0x34, 0x31`, `52 49 49`.
//! Knows nothing of what the bytes say.

use crate::egress::words::{class, class_at};

/// Fewest bytes that are read as a text.
const BYTES_MIN: usize = 8;
/// Most letters between two bytes.
const GAP_BYTES_MAX: usize = 3;

/// Whether so many words in a row are bytes that any text can come of them.
pub(in crate::egress) fn may_hold(text: &str) -> bool {
    let mut row = 0;
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let marks = rest.iter().position(|byte| is_letter(*byte));
        let gap = marks.unwrap_or(rest.len());
        rest = rest.get(gap..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_letter(*byte));
        let (word, later) = rest.split_at(length.unwrap_or(rest.len()));
        rest = later;
        row = match is_byte(word) {
            false => 0,
            true if gap > GAP_BYTES_MAX => 1,
            true => row + 1,
        };
        if row == BYTES_MIN {
            return true;
        }
    }
    false
}

fn is_letter(byte: u8) -> bool {
    class_at(byte) & (class::DIGIT | class::LETTER) != 0
}

/// Whether a word has the form of a byte in base 16 or 10.
fn is_byte(word: &[u8]) -> bool {
    match word {
        [one, two] => one.is_ascii_hexdigit() && two.is_ascii_hexdigit(),
        [b'0', b'x', ..] => word.len() == 4,
        [_, _, _] => word.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Spans of bytes written one by one, each with what they read as.
pub(in crate::egress) fn runs(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut run = Run::default();
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(offset) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(u8::is_ascii_alphanumeric))
    {
        let start = at + offset;
        let rest = bytes.get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let word = text.get(start..start + length).unwrap_or_default();
        let joined = offset <= GAP_BYTES_MAX && offset > 0;
        if !joined || !run.takes(word) {
            run.close(&mut found);
            run = Run::default();
            run.takes(word);
            run.start = start;
        }
        at = start + length;
        run.end = at;
    }
    run.close(&mut found);
    found
}

/// Words that are bytes in base 16, in base 10, or could still be either.
#[derive(Default)]
struct Run {
    start: usize,
    end: usize,
    hex: Option<Vec<u8>>,
    decimal: Option<Vec<u8>>,
    begun: bool,
}

impl Run {
    /// Takes one more word, if it fits one of the bases that all words so far fit.
    fn takes(&mut self, word: &str) -> bool {
        if !self.begun {
            self.begun = true;
            self.hex = hex(word).map(|byte| vec![byte]);
            self.decimal = decimal(word).map(|byte| vec![byte]);
            return true;
        }
        let hex = self.hex.as_ref().and_then(|_| hex(word));
        let decimal = self.decimal.as_ref().and_then(|_| decimal(word));
        if hex.is_none() && decimal.is_none() {
            return false;
        }
        extend(&mut self.hex, hex);
        extend(&mut self.decimal, decimal);
        true
    }

    fn close(&mut self, found: &mut Vec<(usize, usize, String)>) {
        for bytes in [self.hex.take(), self.decimal.take()].into_iter().flatten() {
            let text = String::from_utf8(bytes).unwrap_or_default();
            let readable = text.chars().all(|c| !c.is_control() || c.is_whitespace());
            if text.len() >= BYTES_MIN && readable {
                found.push((self.start, self.end, text));
            }
        }
    }
}

fn extend(bytes: &mut Option<Vec<u8>>, next: Option<u8>) {
    match (bytes.as_mut(), next) {
        (Some(held), Some(byte)) => held.push(byte),
        _ => *bytes = None,
    }
}

fn hex(word: &str) -> Option<u8> {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok())?
}

fn decimal(word: &str) -> Option<u8> {
    let value: u8 = (2..=3).contains(&word.len()).then(|| word.parse().ok())??;
    matches!(value, 9 | 10 | 13 | 32..=126).then_some(value)
}
