//! A text without what can be put between its letters, for finding known secrets that were taken apart.
//! Knows nothing of secrets.

use super::fold::is_invisible;

/// What is left of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bare {
    /// Letters and digits, ASCII ones in small letters.
    Letters,
    /// All but blanks, what is not seen, and marks that part letters.
    Marks,
}

/// What is left of each byte: its own reading, or nothing.
type Table = [u8; 256];

const LETTERS: Table = table(Bare::Letters);
const MARKS: Table = table(Bare::Marks);

const fn table(bare: Bare) -> Table {
    let mut table = [0; 256];
    let mut rest: &mut [u8] = &mut table;
    let mut byte = 0u8;
    while let [first, tail @ ..] = rest {
        if byte.is_ascii() && bare.keeps_byte(byte) {
            *first = match bare {
                Bare::Letters => byte.to_ascii_lowercase(),
                Bare::Marks => byte,
            };
        }
        byte = byte.wrapping_add(1);
        rest = tail;
    }
    table
}

impl Bare {
    /// The text that is left.
    pub(super) fn of(self, text: &str) -> Vec<u8> {
        let mut left = vec![0; text.len()];
        let used = self.put(text, &mut left);
        left.truncate(used);
        left
    }

    /// Writes what is left of the text, which is no longer than it, and says how long that is.
    pub(super) fn put(self, text: &str, room: &mut [u8]) -> usize {
        let mut used = 0_usize;
        let table = match self {
            Self::Letters => &LETTERS,
            Self::Marks => &MARKS,
        };
        let mut seen = 0;
        for byte in text.bytes() {
            let kept = table.get(usize::from(byte)).copied().unwrap_or(0);
            if let Some(slot) = room.get_mut(used) {
                *slot = kept;
            }
            used = used.wrapping_add(usize::from(kept != 0));
            seen |= byte;
        }
        if seen.is_ascii() {
            return used;
        }
        used = 0;
        let mut buffer = [0; 4];
        for c in text.chars().filter_map(|c| self.keeps(c)) {
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            if let Some(slots) = room.get_mut(used..used + bytes.len()) {
                slots.copy_from_slice(bytes);
            }
            used += bytes.len();
        }
        used
    }

    /// Where in the text stand spans of what is left of it, in order and disjoint.
    pub(super) fn places(self, text: &str, spans: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let mut places = Vec::with_capacity(spans.len());
        let mut spans = spans.iter();
        let mut span = spans.next();
        let (mut left, mut start) = (0, 0);
        for (at, c) in text.char_indices() {
            let Some((from, to)) = span else { break };
            let Some(kept) = self.keeps(c) else { continue };
            if left <= *from {
                start = at;
            }
            left += kept.len_utf8();
            if left >= *to {
                places.push((start, at + c.len_utf8()));
                span = spans.next();
            }
        }
        places
    }

    fn keeps(self, c: char) -> Option<char> {
        match (self, c.is_ascii()) {
            (_, true) => {
                let byte = u8::try_from(c).ok().filter(|byte| self.keeps_byte(*byte))?;
                let letters = self == Self::Letters;
                Some(char::from(if letters {
                    byte.to_ascii_lowercase()
                } else {
                    byte
                }))
            }
            (Self::Letters, false) => (c.is_alphanumeric() && !is_invisible(c)).then_some(c),
            (Self::Marks, false) => (!c.is_whitespace() && !is_invisible(c)).then_some(c),
        }
    }

    /// Whether a byte of ASCII is kept. None that is zero is.
    const fn keeps_byte(self, byte: u8) -> bool {
        match self {
            Self::Letters => byte.is_ascii_alphanumeric(),
            Self::Marks => {
                let parts = byte.is_ascii_whitespace() || byte.is_ascii_control();
                let marks = matches!(
                    byte,
                    b'-' | b'_' | b'.' | b',' | b'|' | b'/' | b'\\' | b'\'' | b'"' | b'`'
                );
                !parts && !marks
            }
        }
    }
}
