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

impl Bare {
    /// The text that is left.
    pub(super) fn of(self, text: &str) -> Vec<u8> {
        let mut left = Vec::with_capacity(text.len());
        let mut buffer = [0; 4];
        for c in text.chars() {
            match self.keeps(c).map(|c| (c, u8::try_from(c))) {
                Some((_, Ok(byte))) if byte.is_ascii() => left.push(byte),
                Some((c, _)) => left.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes()),
                None => {}
            }
        }
        left
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
            (Self::Letters, true) => c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()),
            (Self::Letters, false) => (c.is_alphanumeric() && !is_invisible(c)).then_some(c),
            (Self::Marks, true) => {
                let parts =
                    c.is_ascii_whitespace() || c.is_ascii_control() || "-_.,|/\\'\"`".contains(c);
                (!parts).then_some(c)
            }
            (Self::Marks, false) => (!c.is_whitespace() && !is_invisible(c)).then_some(c),
        }
    }
}
