//! The key of one scope, under which values become tokens: HMAC-SHA-256 (RFC 2104), its key taken in beforehand.
//! Knows nothing of masks.

use sha2::block_api::compress256;
use zeroize::Zeroize;

use super::message::{BLOCK_BYTES, Message};

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
        let (blocks, tail) = message.as_chunks::<BLOCK_BYTES>();
        let mut inner = self.inner;
        compress256(&mut inner, blocks);
        let mut rest = Message::behind(blocks.len());
        rest.copy(tail);
        self.outside(inner, &mut rest)
    }

    /// As [`ScopeKey::digest`] of a short message, which is at its end.
    pub(super) fn digest_of(&self, message: &mut Message) -> [u8; 32] {
        self.outside(self.inner, message)
    }

    /// Takes the rest of a message in, and its digest under the outer key.
    fn outside(&self, mut inner: [u32; 8], rest: &mut Message) -> [u8; 32] {
        compress256(&mut inner, rest.end());
        // Always as long, so that its end is known: a mark, and the bits of a block and a digest.
        let end = [0x8000_0000, 0, 0, 0, 0, 0, 0, 768];
        let mut block = [0; BLOCK_BYTES];
        let (slots, _) = block.as_chunks_mut::<4>();
        for (slot, word) in slots.iter_mut().zip(inner.into_iter().chain(end)) {
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

fn bytes(state: [u32; 8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (slots, _) = bytes.as_chunks_mut::<4>();
    for (slot, word) in slots.iter_mut().zip(state) {
        *slot = word.to_be_bytes();
    }
    bytes
}
