//! A fast hash for tables that are part of the program.
//! Knows nothing of hostile keys: nothing that was read from outside is ever inserted under it.

use std::hash::{BuildHasherDefault, Hasher};

/// For maps whose keys are fixed.
pub(super) type TableHash = BuildHasherDefault<Fnv>;

/// FNV-1a of 64 bits (draft-eastlake-fnv): what it begins with.
pub(super) const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// An odd number whose product with others has its upper bits from all of theirs (Knuth, TAOCP 3, 6.4).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash with one byte more.
pub(super) fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// The hash of the first bytes of a block, eight at a time, for a place in a table of what was met last.
pub(super) fn of_bytes<const N: usize>(held: &[u8; N], bytes: usize) -> usize {
    let (words, _) = held.as_chunks::<8>();
    let used = words.iter().take(bytes.div_ceil(8));
    let hash = used.fold(BASIS, |hash, word| {
        (hash ^ u64::from_le_bytes(*word)).wrapping_mul(SPREAD)
    });
    // The upper bits come first: the last byte of a word reaches no others.
    usize::try_from(hash.swap_bytes() & u64::from(u32::MAX)).unwrap_or(0)
}

/// The same as a [`Hasher`].
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(BASIS)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    /// A length, which says little: one step.
    fn write_usize(&mut self, length: usize) {
        self.write(&[u8::try_from(length).unwrap_or(u8::MAX)]);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = step(self.0, *byte);
        }
    }
}
