//! The key of one scope, under which values become tokens: HMAC-SHA-256 (RFC 2104), its key taken in beforehand.
//! Knows nothing of masks.

use sha2::block_api::compress256;
use zeroize::Zeroize;

use super::message::{BLOCK_BYTES, Message};

/// Bytes of a block behind which its length still has room.
const LAST_BYTES: usize = BLOCK_BYTES - 9;
/// What SHA-256 begins with (FIPS 180-4, 5.3.3).
const BEGIN: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// A key that has been taken in: what is left of HMAC is the message. Opaque; wiped when it is dropped.
pub struct ScopeKey {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl ScopeKey {
    /// Takes a key in.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let begun = |pad: u8| {
            let mut block = [pad; BLOCK_BYTES];
            for (slot, byte) in block.iter_mut().zip(key) {
                *slot ^= byte;
            }
            let mut state = BEGIN;
            compress256(&mut state, &[block]);
            block.zeroize();
            state
        };
        Self {
            inner: begun(0x36),
            outer: begun(0x5c),
        }
    }

    /// The digest of a message.
    pub(super) fn digest(&self, message: &[u8]) -> [u8; 32] {
        self.outside(ended(self.inner, message))
    }

    /// As [`ScopeKey::digest`] of a short message, which is at its end.
    pub(super) fn digest_of(&self, message: &mut Message) -> [u8; 32] {
        let mut inner = self.inner;
        compress256(&mut inner, message.end());
        self.outside(inner)
    }

    /// The digest under the outer key.
    fn outside(&self, inner: [u32; 8]) -> [u8; 32] {
        let mut block = [0; BLOCK_BYTES];
        let (slots, _) = block.as_chunks_mut::<4>();
        let bits = u32::try_from((BLOCK_BYTES + 32) * 8).unwrap_or(0);
        let words = inner
            .into_iter()
            .chain([0x8000_0000, 0, 0, 0, 0, 0, 0, bits]);
        for (slot, word) in slots.iter_mut().zip(words) {
            *slot = word.to_be_bytes();
        }
        let mut outer = self.outer;
        compress256(&mut outer, &[block]);
        bytes(outer)
    }
}

impl Drop for ScopeKey {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// The state of SHA-256 after the rest of a message of which one block is taken in.
fn ended(mut state: [u32; 8], rest: &[u8]) -> [u32; 8] {
    let (blocks, tail) = rest.as_chunks::<BLOCK_BYTES>();
    if !blocks.is_empty() {
        compress256(&mut state, blocks);
    }
    let mut last = [0u8; BLOCK_BYTES];
    // A tail is shorter than a block.
    if let Some((room, end)) = last.split_at_mut_checked(tail.len()) {
        room.copy_from_slice(tail);
        if let Some(end) = end.first_mut() {
            *end = 0x80;
        }
    }
    if tail.len() > LAST_BYTES {
        compress256(&mut state, &[last]);
        last = [0; BLOCK_BYTES];
    }
    let bits = u64::try_from((BLOCK_BYTES + rest.len()) * 8).unwrap_or(u64::MAX);
    if let Some(length) = last.last_chunk_mut::<8>() {
        *length = bits.to_be_bytes();
    }
    compress256(&mut state, &[last]);
    state
}

fn bytes(state: [u32; 8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (slots, _) = bytes.as_chunks_mut::<4>();
    for (slot, word) in slots.iter_mut().zip(state) {
        *slot = word.to_be_bytes();
    }
    bytes
}
