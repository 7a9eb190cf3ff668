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

/// Lower-case letters and digits without what stood between them, and where each word starts.
pub(super) struct Short {
    bytes: [u8; SHORT_BYTES_MAX],
    starts: [u8; SHORT_BYTES_MAX],
    len: u8,
    count: u8,
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
            Self::Short(short) => usize::from(short.count),
            Self::Long(words) => words.len(),
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
            starts: [0; SHORT_BYTES_MAX],
            len: 0,
            count: 0,
        };
        let mut last = Turn::Break;
        for byte in text {
            let turn = Turn::of(char::from(*byte));
            if turn != Turn::Break {
                if !last.goes_on(turn) {
                    short.open(short.len);
                } else if last.leaves_capitals(turn) && short.word_len() > 1 {
                    short.open(short.len - 1);
                }
                if let Some(slot) = short.bytes.get_mut(usize::from(short.len)) {
                    *slot = byte.to_ascii_lowercase();
                    short.len += 1;
                }
            }
            last = turn;
        }
        short
    }

    fn open(&mut self, start: u8) {
        if let Some(slot) = self.starts.get_mut(usize::from(self.count)) {
            *slot = start;
            self.count += 1;
        }
    }

    fn word_len(&self) -> u8 {
        let last = self.count.checked_sub(1);
        let start = last.and_then(|at| self.starts.get(usize::from(at)));
        start.map_or(0, |start| self.len - start)
    }

    fn get(&self, at: usize) -> Option<&str> {
        let starts = self.starts.get(..usize::from(self.count))?;
        let from = usize::from(*starts.get(at)?);
        let to = starts
            .get(at + 1)
            .map_or(usize::from(self.len), |next| usize::from(*next));
        std::str::from_utf8(self.bytes.get(from..to)?).ok()
    }
}
