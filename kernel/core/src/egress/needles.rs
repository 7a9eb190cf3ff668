//! Many byte strings searched for at once: found by their first bytes, then compared as a whole.
//! Knows nothing of secrets.
//!
//! An automaton over whole strings takes tens of bytes of memory for each of theirs, and most spellings of a long
//! secret are longer than it: one of eight kilobytes would take megabytes.

use std::collections::{HashMap, HashSet};

use aho_corasick::AhoCorasick;

use crate::limits::SECRET_BYTES_MIN;

/// So many first bytes lead to the strings that begin with them: no string is shorter.
const HEAD_BYTES: usize = SECRET_BYTES_MIN;

/// The strings.
pub(super) struct Needles {
    heads: AhoCorasick,
    /// Of each head the strings that begin with it, longest first.
    strings: Vec<Vec<Box<[u8]>>>,
}

impl Needles {
    /// Takes the strings; shorter ones than [`SECRET_BYTES_MIN`] are none. `None` where there is none, an error where
    /// they are too many.
    pub(super) fn new(strings: HashSet<Vec<u8>>) -> Result<Option<Self>, aho_corasick::BuildError> {
        let mut by_head: HashMap<Vec<u8>, Vec<Box<[u8]>>> = HashMap::new();
        for string in strings {
            if let Some(head) = string.get(..HEAD_BYTES) {
                let head = head.to_vec();
                by_head.entry(head).or_default().push(string.into());
            }
        }
        if by_head.is_empty() {
            return Ok(None);
        }
        let (heads, mut strings): (Vec<_>, Vec<_>) = by_head.into_iter().unzip();
        for beside in &mut strings {
            beside.sort_unstable_by_key(|string| std::cmp::Reverse(string.len()));
        }
        let heads = AhoCorasick::new(heads)?;
        Ok(Some(Self { heads, strings }))
    }

    /// Where they stand: the first, of those that begin together the longest, and then on from its end.
    pub(super) fn find<'n>(
        &'n self,
        bytes: &'n [u8],
    ) -> impl Iterator<Item = (usize, usize)> + use<'n> {
        let mut from = 0;
        // Heads are of one length: in the order of their ends is in that of their starts.
        self.heads
            .find_overlapping_iter(bytes)
            .filter_map(move |head| {
                let start = head.start();
                let rest = bytes.get(start..).filter(|_| start >= from)?;
                let beside = self.strings.get(head.pattern().as_usize())?;
                let whole = beside.iter().find(|string| rest.starts_with(string))?;
                from = start + whole.len();
                Some((start, from))
            })
    }
}
