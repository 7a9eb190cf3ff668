//! Bytes written one by one: `34 31 31`, `0x34, 0x31`, `52 49 49`, `U+0034 U+0031`, `chr(52).chr(49)`, `0b00110100`.
//! Knows nothing of what the bytes say.

use crate::egress::words::{class, class_at};

/// Fewest bytes that are read as a text.
const BYTES_MIN: usize = 8;
/// Most letters between two words.
const GAP_BYTES_MAX: usize = 4;
/// Longest word that is a byte, or some, in bytes.
const WORD_BYTES_MAX: usize = 16;
/// Words that only say that a byte follows, in small letters.
const MARKS: [&str; 13] = [
    "u",
    "x",
    "chr",
    "char",
    "chrw",
    "nchar",
    "byte",
    "bytes",
    "string",
    "fromcharcode",
    "fromcodepoint",
    "ord",
    "chr$",
];
/// Longest of them.
const MARK_BYTES_MAX: usize = 13;

/// Words with digits that hold bytes, in a row: every readable byte has a digit in any base.
#[derive(Default)]
pub(in crate::egress) struct Row {
    bytes: usize,
    last: usize,
}

impl Row {
    /// Adds the next word; whether as many bytes stand in a row as are read as a text.
    pub(in crate::egress) fn reaches(&mut self, word: &[u8], start: usize) -> bool {
        let count = held(word);
        let near = start <= self.last + MARK_BYTES_MAX + 2 * GAP_BYTES_MAX;
        self.bytes = if count > 0 && near {
            self.bytes + count
        } else {
            count
        };
        self.last = start + word.len();
        self.bytes >= BYTES_MIN
    }
}

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
        row = match held(word) {
            0 if is_mark(word) && gap <= GAP_BYTES_MAX => row,
            0 => 0,
            some if gap > GAP_BYTES_MAX => some,
            some => row + some,
        };
        if row >= BYTES_MIN {
            return true;
        }
    }
    false
}

fn is_letter(byte: u8) -> bool {
    class_at(byte) & (class::DIGIT | class::LETTER) != 0
}

/// How many bytes a word can stand for, by its form.
fn held(word: &[u8]) -> usize {
    let all = |word: &[u8], fits: fn(&u8) -> bool| word.iter().all(fits);
    match word {
        [b'0', b'x' | b'X' | b'b' | b'B' | b'o', rest @ ..] => {
            usize::from((1..=8).contains(&rest.len()) && all(rest, u8::is_ascii_hexdigit))
        }
        [_, _, _] => usize::from(all(word, u8::is_ascii_digit)),
        [_, _] => usize::from(all(word, u8::is_ascii_hexdigit)),
        _ if word.len() <= 8 && word.len() >= 7 && all(word, |bit| matches!(bit, b'0' | b'1')) => 1,
        _ if word.len() <= WORD_BYTES_MAX
            && word.len().is_multiple_of(2)
            && all(word, u8::is_ascii_hexdigit) =>
        {
            word.len() / 2
        }
        _ => 0,
    }
}

fn is_mark(word: &[u8]) -> bool {
    word.len() <= MARK_BYTES_MAX
        && MARKS
            .iter()
            .any(|mark| mark.as_bytes().eq_ignore_ascii_case(word))
}

/// Spans of bytes written one by one, each with what they read as.
pub(in crate::egress) fn runs(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut run = Run::default();
    let bytes = text.as_bytes();
    let (mut at, mut lead) = (0, None);
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
        at = start + length;
        if is_mark(word.as_bytes()) {
            lead = if joined {
                lead.or(Some(start))
            } else {
                Some(start)
            };
            if !joined {
                run.close(&mut found);
            }
            continue;
        }
        if !joined || !run.takes(word) {
            run.close(&mut found);
            run.takes(word);
            run.start = lead.filter(|_| joined).unwrap_or(start);
        }
        lead = None;
        run.end = at;
    }
    run.close(&mut found);
    found
}

/// Words that are bytes in a base that all of them fit.
#[derive(Default)]
struct Run {
    start: usize,
    end: usize,
    readings: [Option<Vec<u8>>; READINGS],
    begun: bool,
}

const READINGS: usize = 4;

impl Run {
    /// Takes one more word, if it fits one of the bases that all words so far fit.
    fn takes(&mut self, word: &str) -> bool {
        let read = [hex(word), decimal(word), octal(word), binary(word)];
        if !self.begun {
            self.begun = true;
            self.readings = read;
            return true;
        }
        let fits =
            |(held, next): (&Option<Vec<u8>>, &Option<Vec<u8>>)| held.is_some() && next.is_some();
        if !self.readings.iter().zip(&read).any(fits) {
            return false;
        }
        for (held, next) in self.readings.iter_mut().zip(read) {
            match (held.as_mut(), next) {
                (Some(held), Some(next)) => held.extend(next),
                _ => *held = None,
            }
        }
        true
    }

    /// Ends the run; what it reads as is added to `found`.
    fn close(&mut self, found: &mut Vec<(usize, usize, String)>) {
        let run = std::mem::take(self);
        for bytes in run.readings.into_iter().flatten() {
            let text = String::from_utf8(bytes).unwrap_or_default();
            let readable = text.chars().all(|c| !c.is_control() || c.is_whitespace());
            if text.len() >= BYTES_MIN && readable {
                found.push((run.start, run.end, text));
            }
        }
    }
}

/// One code point, or pairs of digits that are a byte each; the zeros of wider letters fall away.
fn hex(word: &str) -> Option<Vec<u8>> {
    let marked = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    let digits = marked.unwrap_or(word);
    let even = digits.len().is_multiple_of(2) && digits.len() <= WORD_BYTES_MAX;
    if !(even || marked.is_some_and(|digits| digits.len() == 1)) || digits.is_empty() {
        return None;
    }
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes = digits
        .as_bytes()
        .chunks(2)
        .map(pair)
        .collect::<Option<Vec<u8>>>()?;
    Some(bytes.into_iter().filter(|byte| *byte != 0).collect())
}

fn decimal(word: &str) -> Option<Vec<u8>> {
    let value: u8 = (2..=3).contains(&word.len()).then(|| word.parse().ok())??;
    matches!(value, 9 | 10 | 13 | 32..=126).then(|| vec![value])
}

fn octal(word: &str) -> Option<Vec<u8>> {
    let digits = word.strip_prefix("0o").unwrap_or(word);
    let value = (2..=3)
        .contains(&digits.len())
        .then(|| u8::from_str_radix(digits, 8).ok())??;
    matches!(value, 9 | 10 | 13 | 32..=126).then(|| vec![value])
}

fn binary(word: &str) -> Option<Vec<u8>> {
    let bits = word.strip_prefix("0b").or_else(|| word.strip_prefix("0B"));
    let bits = bits.unwrap_or(word);
    let value = (6..=8)
        .contains(&bits.len())
        .then(|| u8::from_str_radix(bits, 2).ok())??;
    matches!(value, 9 | 10 | 13 | 32..=126).then(|| vec![value])
}
