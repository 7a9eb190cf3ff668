//! A fast hash for tables that are part of the program.
//! Knows nothing of hostile keys: nothing that was read from outside is ever inserted under it.

use std::hash::{BuildHasherDefault, Hasher};

/// For maps whose keys are fixed.
pub(super) type TableHash = BuildHasherDefault<Fnv>;

/// FNV-1a of 64 bits (draft-eastlake-fnv): what it begins with.
pub(super) const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash with one byte more.
pub(super) fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
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
