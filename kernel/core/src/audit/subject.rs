//! Which names may stand in a record as they are.
//! Knows nothing of what is declared where.

use crate::limits;

/// Digits in a row, separators apart, that already name a person: a US social security number has nine.
const DIGIT_RUN: usize = 9;

/// Whether a name that an agent may have chosen (a table, a path, a tool that does not exist) may be
/// quoted. Anything else is committed to: an address has an `@`, a sentence has spaces, and a run of
/// nine digits is more likely a person's number than a name.
#[must_use]
pub fn quotable(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./*-".contains(&byte);
    if name.is_empty() || name.len() > limits::SUBJECT_BYTES_MAX || !name.bytes().all(plain) {
        return false;
    }
    let mut run = 0_usize;
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' => run += 1,
            b'-' | b'.' | b'_' | b'/' => {}
            _ => run = 0,
        }
        if run >= DIGIT_RUN {
            return false;
        }
    }
    true
}
