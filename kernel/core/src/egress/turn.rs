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

const ASCII: [Turn; 128] = ascii();

const fn ascii() -> [Turn; 128] {
    let mut table = [Turn::Break; 128];
    let mut rest: &mut [Turn] = &mut table;
    let mut byte = 0u8;
    while let [first, tail @ ..] = rest {
        *first = match byte {
            b'0'..=b'9' => Turn::Digit,
            b'A'..=b'Z' => Turn::Upper,
            b'a'..=b'z' => Turn::Lower,
            _ => Turn::Break,
        };
        byte += 1;
        rest = tail;
    }
    table
}

impl Turn {
    /// Of an ASCII character, by its table.
    pub(super) fn of_ascii(byte: u8) -> Self {
        ASCII.get(usize::from(byte)).copied().unwrap_or(Self::Break)
    }

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
