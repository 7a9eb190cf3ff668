//! What was learnt of a cell holds for the next one of its column that looks like it: letters as they are, any digit for
//! any other.
//! Knows nothing of what is looked for, but that no digit's value was asked for where nothing was found.

use std::cell::{Cell, RefCell};

use super::kind::Kind;
use super::look::Look;
use super::summary::Summary;

/// Longest text that is known again, in bytes.
const BYTES_MAX: usize = 40;
/// Shortest text of which the first digit may count: a moment is one of these centuries or none.
const FIRST_COUNTS: usize = 19;
/// How many texts of a column are known again: what counts up has one digit more now and then.
const KNOWN_MAX: usize = 4;
/// How many texts of a column may be unknown at first, and at the most.
const CREDIT: u8 = 8;
const CREDIT_MAX: u8 = 64;

/// What a search said of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It has to be searched.
    Ask,
    /// Nothing is found in it, whatever its digits are, if it holds no known secret.
    Nothing,
    /// All of it is of this type. It has no digits.
    Whole(Kind),
}

/// What is known of a text: four words of the machine.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) summary: Summary,
    pub(super) look: Look,
    /// 0 to ask, 1 for nothing, from 2 on the number of a type.
    verdict: u64,
}

impl Known {
    pub(super) fn new(summary: Summary, look: Look, verdict: Verdict) -> Self {
        let kind = |kind: Kind| u64::try_from(kind.index()).map_or(0, |index| index + 2);
        Self {
            summary,
            look,
            verdict: match verdict {
                Verdict::Ask => 0,
                Verdict::Nothing => 1,
                Verdict::Whole(whole) => kind(whole),
            },
        }
    }

    pub(super) fn verdict(&self) -> Verdict {
        match self.verdict {
            0 => Verdict::Ask,
            1 => Verdict::Nothing,
            kind => Kind::nth(kind - 2).map_or(Verdict::Ask, Verdict::Whole),
        }
    }
}

/// The bytes of a text, its digits made equal.
#[derive(Clone, Copy)]
pub(super) struct Alike {
    words: [u64; BYTES_MAX / 8],
    bytes: usize,
    first: u64,
}

impl Alike {
    /// Word by word: they were written so a moment ago.
    fn is(&self, other: &Self) -> bool {
        let words = self.words.iter().zip(&other.words);
        self.bytes == other.bytes
            && self.first == other.first
            && words.fold(0, |differ, (one, other)| differ | (one ^ other)) == 0
    }

    /// `None` where the text is too long, or empty.
    #[inline]
    pub(super) fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let first = *bytes.first()?;
        if bytes.len() > BYTES_MAX {
            return None;
        }
        let word = |at: usize| match bytes.get(at..) {
            Some(rest) => any_digits(match rest.first_chunk::<8>() {
                Some(word) => u64::from_le_bytes(*word),
                None => short(rest),
            }),
            None => 0,
        };
        Some(Self {
            words: [word(0), word(8), word(16), word(24), word(32)],
            bytes: bytes.len(),
            first: if bytes.len() < FIRST_COUNTS {
                0
            } else {
                u64::from(first)
            },
        })
    }
}

/// Fewer than eight bytes in one word.
fn short(bytes: &[u8]) -> u64 {
    let four = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        // The last four go over the first where both have a byte.
        (Some(head), Some(tail)) => four(head) | four(tail) << (8 * (bytes.len() - 4)),
        _ => bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// A byte, any digit for any other.
pub(super) const fn alike(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => b'0',
        other => other,
    }
}

/// Eight bytes, any digit for any other.
pub(super) const fn any_digits(word: u64) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const ONES: u64 = 0x0101_0101_0101_0101;
    let past = word ^ (ONES * 0x30);
    // The highest bit of each byte that is ten or more past the zero.
    let others = (((past & !HIGH) + ONES * 0x76) | past) & HIGH;
    let digits = ((others ^ HIGH) >> 7) * 0xFF;
    (word & !digits) | ((ONES * 0x30) & digits)
}

/// The latest texts of one column.
pub(super) struct Cells {
    known: RefCell<Vec<(Alike, Known)>>,
    /// How much oftener texts were known than not. Where none is, nobody asks any longer.
    credit: Cell<u8>,
}

impl Cells {
    pub(super) fn new() -> Self {
        Self {
            known: RefCell::default(),
            credit: Cell::new(CREDIT),
        }
    }

    /// How a text of this column looks, where it may be known.
    #[inline]
    pub(super) fn look(&self, text: &str) -> Option<Alike> {
        match self.credit.get() {
            0 => None,
            _ => Alike::of(text),
        }
    }

    /// What is known of a text like this.
    #[inline]
    pub(super) fn get(&self, alike: &Alike) -> Option<Known> {
        let known = self.known.borrow();
        let (_, known) = known.iter().find(|(one, _)| one.is(alike))?;
        self.credit
            .set(self.credit.get().saturating_add(1).min(CREDIT_MAX));
        Some(*known)
    }

    /// Takes note of what was learnt of a text that was not known.
    pub(super) fn add(&self, alike: Alike, known: Known) {
        self.credit.set(self.credit.get().saturating_sub(1));
        let mut all = self.known.borrow_mut();
        all.truncate(KNOWN_MAX - 1);
        all.insert(0, (alike, known));
    }
}
