//! What a character is to a word of a key, and where one word ends and the next begins.
//! Knows nothing of what words mean.

/// What one character is. `customerEmail2` turns twice: at `E`, at `2`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Turn {
    Break,
    Lower,
    Upper,
    Digit,
}

impl Turn {
    pub(super) fn of(c: char) -> Self {
        if c.is_numeric() {
            Self::Digit
        } else if c.is_uppercase() {
            Self::Upper
        } else if c.is_alphabetic() {
            Self::Lower
        } else {
            Self::Break
        }
    }

    /// Whether a word goes on with `next` after this.
    pub(super) fn goes_on(self, next: Self) -> bool {
        self == next || self.leaves_capitals(next)
    }

    /// `SSNValue`: after more than one capital, the last one before a small letter opens the new word.
    pub(super) fn leaves_capitals(self, next: Self) -> bool {
        self == Self::Upper && next == Self::Lower
    }
}
