//! Salted commitments: what a record says of a value instead of the value.
//! Knows nothing of where the key is kept.
//!
//! A bare hash of a nine-digit number falls to a minute of guessing. Here the salt derives from a
//! destroyable key: whoever is given one salt can check one value and learns nothing of others,
//! and once the key is gone no value can be checked or guessed, while every hash still holds.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::Leaf;

/// The salt of the value at `pointer` of one call: `HMAC-SHA256(key, "aegis/salt/v1" ‖ 0 ‖ call ‖ 0 ‖ pointer)`.
///
/// It binds to the call's id and not to the record's sequence number, so that large values are
/// hashed by whoever holds them and not by the one thread that numbers records.
#[must_use]
pub fn salt(key: &[u8; 32], call: &str, pointer: &str) -> [u8; 32] {
    // RFC 2104 §2: a key shorter than a block is padded with zeros.
    let mut block = [0_u8; 64];
    for (slot, byte) in block.iter_mut().zip(key) {
        *slot = *byte;
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(b"aegis/salt/v1\0");
    mac.update(call.as_bytes());
    mac.update(&[0]);
    mac.update(pointer.as_bytes());
    mac.finalize().into_bytes().into()
}

/// `SHA-256("aegis/commit/v1" ‖ salt ‖ bytes)`.
#[must_use]
pub fn commit(salt: &[u8; 32], bytes: &[u8]) -> Leaf {
    let mut hash = Sha256::new();
    hash.update(b"aegis/commit/v1");
    hash.update(salt);
    hash.update(bytes);
    Leaf::from_bytes(hash.finalize().into())
}

/// The public name of a commitment key: which key a record's salts derive from.
#[must_use]
pub fn key_id(key: &[u8; 32]) -> Leaf {
    let mut hash = Sha256::new();
    hash.update(b"aegis/commit-key/v1");
    hash.update(key);
    Leaf::from_bytes(hash.finalize().into())
}
