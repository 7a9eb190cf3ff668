//! The latest value of each type with its token: rows that belong together repeat what they are about.
//! Knows nothing of what a token is made of.

use super::mask::TOKEN_LETTERS;
use super::message::{BLOCK_BYTES, Message};

/// How many types have a place; two that have the same take turns.
const PLACES: usize = 16;
/// Tokens before the first that is kept: a few values hardly stand again.
const UNKNOWN: usize = 8;

struct Latest {
    block: [u8; BLOCK_BYTES],
    len: usize,
    letters: [u8; TOKEN_LETTERS],
}

/// One scope's.
#[derive(Default)]
pub(super) struct LatestTokens {
    places: Vec<Option<Latest>>,
    asked: usize,
}

impl LatestTokens {
    /// The letters of the token of a value, which begins with the name of its type; made only where another value of the
    /// type was the latest.
    pub(super) fn of(
        &mut self,
        name: &str,
        message: &mut Message,
        make: impl FnOnce(&mut Message) -> [u8; TOKEN_LETTERS],
    ) -> [u8; TOKEN_LETTERS] {
        self.asked = self.asked.saturating_add(1);
        if self.asked <= UNKNOWN {
            return make(message);
        }
        if self.places.is_empty() {
            self.places.resize_with(PLACES, || None);
        }
        let first = name.bytes().next().map_or(0, usize::from);
        let slot = self.places.get_mut((first + name.len()) % PLACES);
        let (Some(slot), Some(block)) = (slot, message.block().copied()) else {
            return make(message);
        };
        let len = message.len();
        if let Some(latest) = slot.as_ref().filter(|latest| latest.len == len)
            && latest.block == block
        {
            return latest.letters;
        }
        let letters = make(message);
        *slot = Some(Latest {
            block,
            len,
            letters,
        });
        letters
    }
}
