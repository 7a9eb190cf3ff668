//! The words of a key or of what stands before a value, lower case, to be looked up one by one.
//! Knows nothing of what the words mean.

use super::fold;
use super::turn::Turn;

/// Longest plain text whose words are kept without a place on the heap, in bytes.
const SHORT_BYTES_MAX: usize = 64;

/// Words in their order; see [`fold::words`] for where one ends.
pub(super) enum Spoken {
    /// Words of a short plain text.
    Short(Short),
    /// All others.
    Long(Vec<String>),
}

/// The text in lower case, and where each word starts and ends.
pub(super) struct Short {
    bytes: [u8; SHORT_BYTES_MAX],
    words: [(u8, u8); SHORT_BYTES_MAX],
    count: usize,
}

impl Spoken {
    pub(super) fn of(text: &str) -> Self {
        if text.is_ascii() && text.len() <= SHORT_BYTES_MAX {
            Self::Short(Short::of(text.as_bytes()))
        } else {
            Self::Long(fold::words(text))
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Short(short) => short.count,
            Self::Long(words) => words.len(),
        }
    }

    /// The bytes of the word at `at`.
    pub(super) fn bytes(&self, at: usize) -> Option<&[u8]> {
        match self {
            Self::Short(short) => short.bytes(at),
            Self::Long(words) => words.get(at).map(String::as_bytes),
        }
    }

    /// The word at `at`.
    pub(super) fn get(&self, at: usize) -> Option<&str> {
        match self {
            Self::Short(short) => short.get(at),
            Self::Long(words) => words.get(at).map(String::as_str),
        }
    }
}

impl Short {
    fn of(text: &[u8]) -> Self {
        let mut short = Self {
            bytes: [0; SHORT_BYTES_MAX],
            words: [(0, 0); SHORT_BYTES_MAX],
            count: 0,
        };
        if let Some(slots) = short.bytes.get_mut(..text.len()) {
            slots.copy_from_slice(text);
            slots.make_ascii_lowercase();
        }
        let (mut last, mut start) = (Turn::Break, 0u8);
        for (byte, at) in text.iter().zip(0u8..) {
            let turn = Turn::of_ascii(*byte);
            if turn == last {
                continue;
            }
            if !last.goes_on(turn) {
                if last != Turn::Break {
                    short.close(start, at);
                }
                start = at;
            } else if last.leaves_capitals(turn) && start + 1 < at {
                short.close(start, at - 1);
                start = at - 1;
            }
            last = turn;
        }
        if last != Turn::Break {
            let end = u8::try_from(text.len()).unwrap_or(u8::MAX);
            short.close(start, end);
        }
        short
    }

    fn close(&mut self, start: u8, end: u8) {
        if let Some(slot) = self.words.get_mut(self.count) {
            *slot = (start, end);
            self.count += 1;
        }
    }

    fn get(&self, at: usize) -> Option<&str> {
        std::str::from_utf8(self.bytes(at)?).ok()
    }

    fn bytes(&self, at: usize) -> Option<&[u8]> {
        let words = self.words.get(..self.count)?;
        let (start, end) = words.get(at)?;
        self.bytes.get(usize::from(*start)..usize::from(*end))
    }
}
