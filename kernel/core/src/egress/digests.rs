//! Keyed digests of values under one scope's key: set up when the first is asked for, and known again for values that
//! stand again.
//! Knows nothing of masks.

use std::cell::{Cell, OnceCell, RefCell};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::table_hash;

/// The block of HMAC-SHA-256, to which RFC 2104 pads a shorter key with zeros.
const HMAC_BLOCK_BYTES: usize = 64;
/// Longest value that is known again, in bytes, and most of them.
const KNOWN_BYTES_MAX: usize = 64;
const KNOWN_MAX: usize = 64;
/// Digests before the first that is kept: a few values hardly stand again.
const UNKNOWN: usize = 8;

/// What was asked for last, by what it was asked of.
#[derive(Clone, Copy)]
struct Known {
    held: [u8; KNOWN_BYTES_MAX],
    len: usize,
    digest: [u8; 32],
}

impl Known {
    const NOTHING: Self = Self {
        held: [0; KNOWN_BYTES_MAX],
        len: 0,
        digest: [0; 32],
    };
}

/// Digests under one key.
pub(super) struct Digests<'k> {
    key: &'k [u8; 32],
    /// Both states that the key leads to: a short value takes one block of each.
    keyed: OnceCell<Hmac<Sha256>>,
    known: RefCell<Vec<Known>>,
    /// How many were asked for before any was kept.
    asked: Cell<usize>,
}

impl<'k> Digests<'k> {
    pub(super) fn new(key: &'k [u8; 32]) -> Self {
        Self {
            key,
            keyed: OnceCell::new(),
            known: RefCell::default(),
            asked: Cell::new(0),
        }
    }

    /// The digest of `bytes`.
    pub(super) fn of(&self, bytes: &[u8]) -> [u8; 32] {
        let asked = self.asked.get();
        if bytes.is_empty() || bytes.len() > KNOWN_BYTES_MAX || asked < UNKNOWN {
            self.asked.set(asked.saturating_add(1));
            return self.of_parts(&[bytes]);
        }
        let mut held = [0; KNOWN_BYTES_MAX];
        if let Some(room) = held.get_mut(..bytes.len()) {
            room.copy_from_slice(bytes);
        }
        let place = table_hash::of_bytes(&held, bytes.len()) % KNOWN_MAX;
        let mut known = self.known.borrow_mut();
        if known.is_empty() {
            known.resize(KNOWN_MAX, Known::NOTHING);
        }
        let Some(slot) = known.get_mut(place) else {
            return self.of_parts(&[bytes]);
        };
        if slot.len != bytes.len() || slot.held != held {
            *slot = Known {
                held,
                len: bytes.len(),
                digest: self.of_parts(&[bytes]),
            };
        }
        slot.digest
    }

    /// The digest of these one after the other.
    pub(super) fn of_parts(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut keyed = self.keyed.get_or_init(|| keyed(self.key)).clone();
        for part in parts {
            keyed.update(part);
        }
        keyed.finalize().into_bytes().into()
    }
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0u8; HMAC_BLOCK_BYTES];
    for (slot, byte) in block.iter_mut().zip(key) {
        *slot = *byte;
    }
    Hmac::new(&block.into())
}
