//! What one look at every byte of a text says, before anything is made of it.
//! Knows nothing of words. Two words of the machine, since it is handed from gate to gate.

use super::opaque;
use super::words::{Lexed, class, class_at, lex};

/// Shortest text whose runs anybody asks for.
const RUN_MIN: usize = 12;
/// Shortest text that will hardly leave without a search, in bytes: no identifier or moment is as long.
const LONG_BYTES: usize = 64;

/// Which classes of bytes occur, how many digits there are, how long the longest run is.
#[derive(Clone, Copy)]
pub(super) struct Summary {
    /// The digits, and above them the longest run.
    counts: u64,
    /// The classes, and above them the flags.
    bits: u64,
}

/// The text as a whole is an identifier or a moment.
const WHOLE: u64 = 1 << 16;
/// The text was lexed for it, and is the one that was lexed last.
const LEXED: u64 = 1 << 17;

impl Summary {
    /// Counts beyond all that is read stay the largest there is.
    fn new(classes: u16, digits: usize, longest_run: usize, flags: u64) -> Self {
        let count = |count: usize| u64::from(u32::try_from(count).unwrap_or(u32::MAX));
        Self {
            counts: count(digits) | count(longest_run) << 32,
            bits: u64::from(classes) | flags,
        }
    }

    pub(super) fn of(text: &str) -> Self {
        let (mut classes, mut digits, mut run, mut longest) = (0u16, 0u32, 0u32, 0u32);
        // Whoever asks for a run asks for one that is longer than these.
        if text.len() < RUN_MIN {
            for byte in text.bytes() {
                let class = class_at(byte);
                classes |= class;
                digits = digits.wrapping_add(u32::from(class & class::DIGIT));
            }
            return Self::new(classes, wide(digits), text.len(), 0);
        }
        let whole = if opaque::is_whole(text) { WHOLE } else { 0 };
        if whole != 0 && opaque::is_identifier(text) {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let some = if digits > 0 { class::DIGIT } else { 0 };
            let classes = class::JOINER | class::LETTER | some;
            return Self::new(classes, digits, text.len(), whole);
        }
        for byte in text.bytes() {
            let class = class_at(byte);
            classes |= class;
            digits = digits.wrapping_add(u32::from(class & class::DIGIT));
            // All bits where the run goes on, none where it ends: no branch.
            let on = u32::from(class & (class::WORD | class::JOINER) != 0);
            run = run.wrapping_add(1) & 0u32.wrapping_sub(on);
            longest = longest.max(run);
        }
        Self::new(classes, wide(digits), wide(longest), whole)
    }

    /// As [`Summary::of`] of a text that is about to be searched: a long one is lexed at once, and not looked at twice.
    pub(super) fn ahead(text: &str, lexed: &mut Lexed) -> Self {
        if text.len() < LONG_BYTES {
            return Self::of(text);
        }
        lex(text, lexed);
        Self::new(lexed.classes, lexed.digits, lexed.longest_run, LEXED)
    }

    /// Which classes occur.
    pub(super) fn classes(&self) -> u16 {
        u16::try_from(self.bits & u64::from(u16::MAX)).unwrap_or(u16::MAX)
    }

    /// Whether any of the classes occurs.
    pub(super) fn has(&self, classes: u16) -> bool {
        self.bits & u64::from(classes) != 0
    }

    /// Whether nothing occurs but these classes.
    pub(super) fn only(&self, classes: u16) -> bool {
        self.classes() & !classes == 0
    }

    /// All digits of the text.
    pub(super) fn digits(&self) -> usize {
        wide(self.digits_counted())
    }

    /// As [`Summary::digits`].
    pub(super) fn digits_counted(&self) -> u32 {
        u32::try_from(self.counts & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }

    /// Longest run of letters, digits and joiners; of a text that has no run to speak of its own length.
    pub(super) fn longest_run(&self) -> usize {
        wide(u32::try_from(self.counts >> 32).unwrap_or(u32::MAX))
    }

    /// Whether the text as a whole is an identifier or a moment.
    pub(super) fn is_whole(&self) -> bool {
        self.bits & WHOLE != 0
    }

    /// Whether the text was lexed for it, and is the one that was lexed last.
    pub(super) fn is_lexed(&self) -> bool {
        self.bits & LEXED != 0
    }
}

fn wide(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
