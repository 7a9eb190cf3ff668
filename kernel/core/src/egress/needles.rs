//! Many byte strings searched for at once: most of a text is stepped over, and what may begin one is compared as a whole.
//! Knows nothing of secrets.
//!
//! A window as long as the shortest string is moved over the text. What its last bytes are says how far it can move on
//! before it could hold the head of a string: mostly by its whole length. An automaton over whole strings takes tens of
//! bytes of memory for each of theirs, and most spellings of a long secret are longer than it: one of eight kilobytes
//! would take megabytes.

use std::collections::{HashMap, HashSet};

use crate::limits::SECRET_BYTES_MIN;

/// Most first bytes that lead to the strings that begin with them: as many as the shortest string has, but no more.
const HEAD_BYTES_MAX: usize = 16;
/// So many bytes at the end of a window say how far it can move.
const BLOCK_BYTES: usize = 3;
/// Fewest and most bits of the number that such bytes are told apart by.
const TABLE_BITS: std::ops::RangeInclusive<u32> = 12..=18;
/// Places of the table for each block that is in a head.
const TABLE_ROOM: usize = 8;
/// Most strings.
const STRINGS_MAX: usize = 1 << 24;
/// An odd number whose product with a block has its upper bits from all of the block (Knuth, TAOCP 3, 6.4).
const SPREAD: u32 = 0x9E37_79B1;

/// The strings.
pub(super) struct Needles {
    /// Length of a head.
    head: usize,
    /// How far a window moves, by what its last bytes are.
    steps: Box<[u8]>,
    /// Bits of a block's product that are no part of its number.
    aside: u32,
    /// Of each head the strings that begin with it, longest first.
    strings: HashMap<Box<[u8]>, Vec<Box<[u8]>>>,
}

/// More strings than are searched for.
#[derive(Debug)]
pub(super) struct TooMany;

impl Needles {
    /// Takes the strings; shorter ones than [`SECRET_BYTES_MIN`] are none. `None` where there is none, an error where
    /// they are too many.
    pub(super) fn new(strings: HashSet<Vec<u8>>) -> Result<Option<Self>, TooMany> {
        if strings.len() > STRINGS_MAX {
            return Err(TooMany);
        }
        let long = |string: &Vec<u8>| string.len() >= SECRET_BYTES_MIN;
        let shortest = strings.iter().filter(|s| long(s)).map(Vec::len).min();
        let Some(head) = shortest.map(|bytes| bytes.min(HEAD_BYTES_MAX)) else {
            return Ok(None);
        };
        let mut by_head: HashMap<Box<[u8]>, Vec<Box<[u8]>>> = HashMap::new();
        for string in strings {
            if let Some(first) = string.get(..head) {
                let beside = by_head.entry(first.into()).or_default();
                beside.push(string.into());
            }
        }
        for beside in by_head.values_mut() {
            beside.sort_unstable_by_key(|string| std::cmp::Reverse(string.len()));
        }
        let room = by_head.len() * head * TABLE_ROOM;
        let bits = room.ilog2().clamp(*TABLE_BITS.start(), *TABLE_BITS.end());
        let most = head - BLOCK_BYTES + 1;
        let mut needles = Self {
            head,
            steps: vec![u8::try_from(most).unwrap_or(1); 1 << bits].into(),
            aside: u32::BITS - bits,
            strings: HashMap::new(),
        };
        for first in by_head.keys() {
            for (at, block) in first.windows(BLOCK_BYTES).enumerate() {
                let step = u8::try_from(head - BLOCK_BYTES - at).unwrap_or(1);
                let place = block.first_chunk().map(|block| needles.place(*block));
                if let Some(slot) = place.and_then(|place| needles.steps.get_mut(place)) {
                    *slot = step.min(*slot);
                }
            }
        }
        needles.strings = by_head;
        Ok(Some(needles))
    }

    /// The number of a block.
    #[inline]
    fn place(&self, [one, two, three]: [u8; BLOCK_BYTES]) -> usize {
        let block = u32::from_le_bytes([one, two, three, 0]);
        let place = block.wrapping_mul(SPREAD) >> self.aside;
        usize::try_from(place).unwrap_or(0)
    }

    /// The first window at or after `at` whose last bytes end a head.
    #[inline]
    fn window(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let mut rest = bytes.get(at + self.head - BLOCK_BYTES..)?;
        loop {
            let place = self.place(*rest.first_chunk()?);
            // A place that is none stops the window, which costs a comparison and loses nothing.
            let step = self.steps.get(place).copied().unwrap_or(0);
            if step == 0 {
                return Some(bytes.len() - rest.len() + BLOCK_BYTES - self.head);
            }
            rest = rest.get(usize::from(step)..)?;
        }
    }

    /// Where they stand: the first, of those that begin together the longest, and then on from its end.
    pub(super) fn find<'n>(
        &'n self,
        bytes: &'n [u8],
    ) -> impl Iterator<Item = (usize, usize)> + use<'n> {
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let start = self.window(bytes, at)?;
                let rest = bytes.get(start..)?;
                let beside = self.strings.get(rest.get(..self.head)?);
                let mut beside = beside.into_iter().flatten();
                if let Some(whole) = beside.find(|string| rest.starts_with(string)) {
                    at = start + whole.len();
                    return Some((start, at));
                }
                at = start + 1;
            }
        })
    }

    /// Whether any of them stands in the bytes.
    pub(super) fn are_in(&self, bytes: &[u8]) -> bool {
        self.find(bytes).next().is_some()
    }
}
