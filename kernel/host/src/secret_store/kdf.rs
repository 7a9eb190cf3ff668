//! How a passphrase becomes a key: Argon2id (RFC 9106), with its terms as the file states them, within bounds.
//! Knows nothing of what the key opens.

use aegis_core::limits;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::random;

/// The only derivation there is.
const NAME: &str = "argon2id";
/// Bytes of a salt.
const SALT_BYTES: usize = 16;

/// The terms of a derivation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kdf {
    name: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// Why there is no key.
pub(super) enum KdfFault {
    /// The terms are none of ours: said in words.
    Terms(&'static str),
    /// So many MiB are not there.
    Memory(u32),
}

impl Kdf {
    /// Today's terms with a salt of their own.
    pub(super) fn fresh() -> Result<Self, random::NoRandomness> {
        let mut salt = [0_u8; SALT_BYTES];
        random::fill(&mut salt)?;
        Ok(Self {
            name: NAME.to_owned(),
            memory_kib: limits::STORE_KDF_MEMORY_KIB,
            passes: limits::STORE_KDF_PASSES,
            lanes: 1,
            salt: STANDARD.encode(salt),
        })
    }

    /// What is wrong with the terms, if anything. Nothing is derived before this was asked: a hostile file asks for all
    /// memory, or for so little that its key is guessed.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let memory = limits::STORE_KDF_MEMORY_KIB_MIN..=limits::STORE_KDF_MEMORY_KIB_MAX;
        if self.name != NAME || self.lanes != 1 {
            return Some("its key is derived in a way that is not known here");
        }
        if !memory.contains(&self.memory_kib) {
            return Some("its key asks for less or more memory than any store of ours");
        }
        if !(1..=limits::STORE_KDF_PASSES_MAX).contains(&self.passes) {
            return Some("its key asks for fewer or more passes than any store of ours");
        }
        match self.salt() {
            Some(_) => None,
            None => Some("its salt cannot be read"),
        }
    }

    /// The terms as the parts that everything is bound to.
    pub(super) fn parts(&self) -> [Vec<u8>; 5] {
        [
            self.name.clone().into_bytes(),
            self.memory_kib.to_be_bytes().to_vec(),
            self.passes.to_be_bytes().to_vec(),
            self.lanes.to_be_bytes().to_vec(),
            self.salt().unwrap_or_default(),
        ]
    }

    /// The key of a passphrase. Takes the memory that it says, and wipes it.
    pub(super) fn key(&self, passphrase: &[u8]) -> Result<Zeroizing<[u8; 32]>, KdfFault> {
        if let Some(fault) = self.fault() {
            return Err(KdfFault::Terms(fault));
        }
        let odd = KdfFault::Terms("its key is derived in a way that is not known here");
        let Ok(params) = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)) else {
            return Err(odd);
        };
        let mut blocks = Vec::new();
        let count = params.block_count();
        if blocks.try_reserve_exact(count).is_err() {
            return Err(KdfFault::Memory(self.memory_kib / 1_024));
        }
        blocks.resize(count, Block::new());
        let mut key = Zeroizing::new([0_u8; 32]);
        let salt = self.salt().unwrap_or_default();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let memory = blocks.as_mut_slice();
        let derived =
            argon.hash_password_into_with_memory(passphrase, &salt, key.as_mut_slice(), memory);
        for block in &mut blocks {
            block.zeroize();
        }
        derived.map_err(|_| odd)?;
        Ok(key)
    }

    fn salt(&self) -> Option<Vec<u8>> {
        let salt = STANDARD.decode(&self.salt).ok()?;
        (salt.len() == SALT_BYTES).then_some(salt)
    }
}
