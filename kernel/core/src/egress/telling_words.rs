//! Where words stand in a text that may name what follows them: found in one pass, for all values of the text.
//! Knows nothing of what they name, nor whether they do.

use std::sync::LazyLock;

use super::context;
use super::table_hash::{BASIS, step};
use super::turn::Turn;

/// Which words may begin something that names a type, by a few bits of their hash: most others need no other look.
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words([0; PLACES]);
    for word in context::telling() {
        let hash = word.iter().fold(BASIS, |hash, byte| step(hash, *byte));
        if let Some(slot) = words.0.get_mut(place(hash)) {
            *slot |= 1 << (hash % 64);
        }
    }
    words
});

const PLACES: usize = 1024;

struct Words([u64; PLACES]);

impl Words {
    /// Whether a word is one of them; `hash` is of its lower-case letters.
    fn has(&self, word: &[u8], hash: u64) -> bool {
        let slot = self.0.get(place(hash));
        slot.is_some_and(|slot| slot >> (hash % 64) & 1 == 1) && context::is_telling(word)
    }

    /// Whether letters and digits hold one of the words, or cannot be read here.
    fn tells(&self, stretch: &[u8]) -> bool {
        let mut hash = BASIS;
        let mut last = Turn::Break;
        let (mut capital, mut start) = (false, 0);
        for (at, byte) in stretch.iter().enumerate() {
            let turn = turn(*byte);
            if turn != last {
                // After several capitals a small letter takes the last of them with it: who knows what is said then.
                if *byte >= 0x80 || (last.leaves_capitals(turn) && capital) {
                    return true;
                }
                if !last.leaves_capitals(turn) {
                    if last != Turn::Break
                        && self.has(stretch.get(start..at).unwrap_or_default(), hash)
                    {
                        return true;
                    }
                    (hash, start) = (BASIS, at);
                }
                capital = false;
            } else {
                if *byte >= 0x80 {
                    return true;
                }
                capital = turn == Turn::Upper;
            }
            hash = step(hash, byte.to_ascii_lowercase());
            last = turn;
        }
        self.has(stretch.get(start..).unwrap_or_default(), hash)
    }
}

/// One look at a stretch of letters and digits: most are one word.
struct Plain {
    length: usize,
    /// Nothing but small letters, or but digits: a word as it stands.
    even: bool,
    /// Of its lower-case letters, where it is even.
    hash: u64,
}

impl Plain {
    fn of(rest: &[u8]) -> Self {
        let (mut hash, mut length) = (BASIS, 0);
        let first = rest.first().map_or(Turn::Break, |byte| turn(*byte));
        let mut even = matches!(first, Turn::Lower | Turn::Digit);
        for byte in rest {
            let turn = turn(*byte);
            if turn == Turn::Break {
                break;
            }
            even &= turn == first && *byte < 0x80;
            hash = step(hash, *byte);
            length += 1;
        }
        Self { length, even, hash }
    }
}

/// What a byte is to a word; what is not ASCII is part of one.
fn turn(byte: u8) -> Turn {
    match byte {
        0x80.. => Turn::Lower,
        byte => Turn::of_ascii(byte),
    }
}

fn place(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or(0) % PLACES
}

/// Where such words stand: the ends of the stretches of letters and digits that hold one, in order.
#[derive(Debug, Default)]
pub(super) struct Telling(Vec<(usize, usize)>);

impl Telling {
    /// Every word may say anything: nothing is passed over.
    pub(super) fn everywhere() -> Self {
        Self(vec![(0, usize::MAX)])
    }

    /// Reads a text. What is not plain ASCII may say anything.
    pub(super) fn of(text: &str) -> Self {
        let words = &*WORDS;
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
            let gap = rest.iter().position(|byte| turn(*byte) != Turn::Break);
            let gap = gap.unwrap_or(rest.len());
            let rest = rest.get(gap..).unwrap_or_default();
            let plain = Plain::of(rest);
            let stretch = rest.get(..plain.length).unwrap_or_default();
            let tells = match plain.even {
                true => words.has(stretch, plain.hash),
                false => words.tells(stretch),
            };
            if tells && !stretch.is_empty() {
                found.push((at + gap, at + gap + stretch.len()));
            }
            at += gap + stretch.len();
        }
        Self(found)
    }

    /// Whether one of them stands, at least in part, between two offsets.
    pub(super) fn between(&self, from: usize, to: usize) -> bool {
        let first = self.0.partition_point(|(_, end)| *end <= from);
        self.0.get(first).is_some_and(|(start, _)| *start < to)
    }
}
