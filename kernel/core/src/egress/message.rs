//! A short message as SHA-256 takes it in: in its blocks from the start, so that it is written once.
//! Knows nothing of keys.

/// Bytes of a block of SHA-256.
pub(super) const BLOCK_BYTES: usize = 64;
/// Bytes of all blocks of a short message, and what is left of them for its end: a mark and its length.
const HELD_BYTES: usize = 3 * BLOCK_BYTES;
const BYTES_MAX: usize = HELD_BYTES - 9;

/// What was written so far, with nothing but zeros behind it.
pub(super) struct Message {
    held: [u8; HELD_BYTES],
    len: usize,
    /// Blocks that were taken in before it.
    before: usize,
}

impl Message {
    /// Nothing yet. `None` where so many bytes are too many.
    pub(super) fn of_at_most(bytes: usize) -> Option<Self> {
        (bytes <= BYTES_MAX).then(|| Self::behind(0))
    }

    /// Nothing yet, of a message of which so many blocks are taken in, and that of the key.
    pub(super) fn behind(blocks: usize) -> Self {
        Self {
            held: [0; HELD_BYTES],
            len: 0,
            before: blocks + 1,
        }
    }

    /// How many bytes were written.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// What was written, if that is no more than a block, with nothing but zeros behind it.
    pub(super) fn block(&self) -> Option<&[u8; BLOCK_BYTES]> {
        self.held.first_chunk().filter(|_| self.len <= BLOCK_BYTES)
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.extend(std::iter::once(byte));
    }

    pub(super) fn copy(&mut self, bytes: &[u8]) {
        if let Some(room) = self.held.get_mut(self.len..self.len + bytes.len()) {
            room.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    pub(super) fn extend(&mut self, bytes: impl Iterator<Item = u8>) {
        let room = self.held.get_mut(self.len..BYTES_MAX).unwrap_or_default();
        let mut used = 0;
        for (slot, byte) in room.iter_mut().zip(bytes) {
            *slot = byte;
            used += 1;
        }
        self.len += used;
    }

    /// Its blocks with their end (FIPS 180-4, 5.1.1).
    pub(super) fn end(&mut self) -> &[[u8; BLOCK_BYTES]] {
        let bytes = self.before * BLOCK_BYTES + self.len;
        let bits = u64::try_from(bytes * 8).unwrap_or(u64::MAX);
        if let Some(mark) = self.held.get_mut(self.len) {
            *mark = 0x80;
        }
        let (blocks, _) = self.held.as_chunks_mut::<BLOCK_BYTES>();
        let count = (self.len + 9).div_ceil(BLOCK_BYTES);
        let used = blocks.get_mut(..count).unwrap_or_default();
        if let Some(length) = used.last_mut().and_then(|last| last.last_chunk_mut::<8>()) {
            *length = bits.to_be_bytes();
        }
        used
    }
}
