//! Signing of notes with a key that is lent: the key stays where it is kept.
//! Knows nothing of files, clocks or randomness: Ed25519 needs none to sign.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};

use super::vkey::cosigned;
use super::{KeyUse, Note, NoteSignature, VerifierKey};

/// A private key under a name. Prints its public half alone.
pub struct Signer<'k> {
    key: &'k SigningKey,
    public: VerifierKey,
}

impl<'k> Signer<'k> {
    /// A signer; `None` where the name is no key name.
    #[must_use]
    pub fn new(name: &str, usage: KeyUse, key: &'k SigningKey) -> Option<Self> {
        let public = VerifierKey::new(name, usage, key.verifying_key().as_bytes())?;
        Some(Self { key, public })
    }

    /// The public half, for whoever is to believe it.
    #[must_use]
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.public
    }

    /// The signature of a note's text. A witness' key also signs when it saw it, `time_s` seconds since 1970
    /// UTC; other keys do not say when.
    #[must_use]
    pub fn sign(&self, note: &Note, time_s: u64) -> NoteSignature {
        let bytes = match self.public.usage() {
            KeyUse::Note => self.key.sign(note.text().as_bytes()).to_bytes().to_vec(),
            KeyUse::Cosignature => {
                let message = cosigned(time_s, note.text());
                let signature = self.key.sign(message.as_bytes()).to_bytes();
                let mut bytes = time_s.to_be_bytes().to_vec();
                bytes.extend(signature);
                bytes
            }
        };
        NoteSignature {
            name: self.public.name().to_owned(),
            id: self.public.id(),
            bytes,
        }
    }
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public)
    }
}
