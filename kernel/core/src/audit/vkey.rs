//! Public keys as auditors hold them: `name+id+base64`, the verifier keys of C2SP signed-note.
//! Knows nothing of private keys, nor of where a key was found.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::limits;

/// What a key signs, by the signature type of C2SP signed-note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyUse {
    /// `0x01`: the text of a note. Keys of logs and of roots.
    Note,
    /// `0x04`: a checkpoint that was seen at some time (C2SP tlog-cosignature). Keys of witnesses.
    Cosignature,
}

/// A name, an algorithm and a public key.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    usage: KeyUse,
    key: VerifyingKey,
    id: u32,
}

impl KeyUse {
    fn byte(self) -> u8 {
        match self {
            Self::Note => 0x01,
            Self::Cosignature => 0x04,
        }
    }
}

impl VerifierKey {
    /// A key under a name; `None` where the name is no key name, or the key none that can be believed
    /// (no point of the curve, or one of small order, for which anyone can sign).
    #[must_use]
    pub fn new(name: &str, usage: KeyUse, public: &[u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(public).ok()?;
        if key.is_weak() || !is_key_name(name) {
            return None;
        }
        let mut hash = Sha256::new();
        hash.update(name.as_bytes());
        hash.update([b'\n', usage.byte()]);
        hash.update(public);
        let digest: [u8; 32] = hash.finalize().into();
        let (id, _) = digest.split_first_chunk::<4>()?;
        Some(Self {
            name: name.to_owned(),
            usage,
            key,
            id: u32::from_be_bytes(*id),
        })
    }

    /// Reads `name+id+base64`; `None` for anything else, an id that is not the key's among it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, id, encoded) = (parts.next()?, parts.next()?, parts.next()?);
        let bytes = STANDARD.decode(encoded).ok()?;
        let (kind, public) = bytes.split_first()?;
        let usage = match kind {
            0x01 => KeyUse::Note,
            0x04 => KeyUse::Cosignature,
            _ => return None,
        };
        let key = Self::new(name, usage, public.try_into().ok()?)?;
        (id == format!("{:08x}", key.id)).then_some(key)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub fn usage(&self) -> KeyUse {
        self.usage
    }

    /// `SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]`: which key a signature line means. It is short: it
    /// names a key and proves nothing.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The public key, RFC 8032.
    #[must_use]
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether the signature holds over a note's text, and, for a cosignature, the time that it states.
    pub(super) fn verify(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        match self.usage {
            KeyUse::Note => {
                let signature = Signature::from_slice(signature).ok()?;
                // Strict: no signature that another verifier would refuse (small orders, s beyond the order).
                self.key.verify_strict(text.as_bytes(), &signature).ok()?;
                Some(None)
            }
            KeyUse::Cosignature => {
                let (time, signature) = signature.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                if time > limits::COSIGNATURE_TIME_MAX {
                    return None;
                }
                let signature = Signature::from_slice(signature).ok()?;
                let message = cosigned(time, text);
                self.key
                    .verify_strict(message.as_bytes(), &signature)
                    .ok()?;
                Some(Some(time))
            }
        }
    }
}

/// What a cosigner signs: C2SP tlog-cosignature, Ed25519 signed message.
pub(super) fn cosigned(time_s: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time_s}\n{text}")
}

/// Whether a name may stand in a signature line: not empty, no spaces, no plus, no controls, bounded.
pub(super) fn is_key_name(name: &str) -> bool {
    let stray = |c: char| c.is_whitespace() || c == '+' || c.is_control();
    !name.is_empty() && name.len() <= limits::KEY_NAME_BYTES_MAX && !name.chars().any(stray)
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.usage.byte()];
        bytes.extend(self.key.as_bytes());
        write!(
            f,
            "{}+{:08x}+{}",
            self.name,
            self.id,
            STANDARD.encode(bytes)
        )
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
