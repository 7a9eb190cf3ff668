//! The keys of one store: what encrypts a value and what seals the whole.
//! Knows nothing of files or passphrases.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::random;

/// Bytes of a nonce.
const NONCE_BYTES: usize = 24;
/// Values are as long as a multiple of this: their ciphertext does not tell a PIN from a password.
const PADDED_TO: usize = 64;

/// Derived from the key of the passphrase, each for one purpose.
pub(super) struct Keys {
    values: Zeroizing<[u8; 32]>,
    seals: Zeroizing<[u8; 32]>,
}

impl Keys {
    pub(super) fn of(master: &[u8; 32]) -> Self {
        let derived = |purpose: &[u8]| Zeroizing::new(mac(master, &[purpose]));
        Self {
            values: derived(b"aegis secret-store/1 values"),
            seals: derived(b"aegis secret-store/1 seals"),
        }
    }

    /// Encrypts a value (XChaCha20-Poly1305): nonce and ciphertext. It opens only together with what it is bound to.
    pub(super) fn encrypt(
        &self,
        value: &[u8],
        bound: &[u8],
    ) -> Result<Vec<u8>, random::NoRandomness> {
        let mut nonce = [0_u8; NONCE_BYTES];
        random::fill(&mut nonce)?;
        let message = padded(value);
        let payload = Payload {
            msg: &message,
            aad: bound,
        };
        let cipher = XChaCha20Poly1305::new((&*self.values).into());
        // It fails for messages of 256 GiB alone; what is empty does not open again.
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        Ok([nonce.to_vec(), sealed.unwrap_or_default()].concat())
    }

    /// Opens what [`Keys::encrypt`] made; nothing where any bit of it, or of what it is bound to, is another.
    pub(super) fn decrypt(&self, sealed: &[u8], bound: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        let payload = Payload {
            msg: sealed,
            aad: bound,
        };
        let cipher = XChaCha20Poly1305::new((&*self.values).into());
        let message = cipher.decrypt(&XNonce::from(nonce), payload).ok()?;
        unpadded(&Zeroizing::new(message))
    }

    /// HMAC-SHA256 over the parts.
    pub(super) fn seal(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.seals, parts)
    }

    /// Whether a seal is that of the parts, in constant time.
    pub(super) fn is_seal(&self, seal: &[u8], parts: &[&[u8]]) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.seal(parts).as_slice(), seal).into()
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is a key: this does not fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(&framed(parts));
    mac.finalize().into_bytes().into()
}

/// Each part behind its length, so that no two lists of parts are the same bytes.
pub(super) fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut all = Vec::new();
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        all.extend_from_slice(&length.to_be_bytes());
        all.extend_from_slice(part);
    }
    all
}

/// The length, the value, and zeros.
fn padded(value: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    let whole = (value.len() + 4).next_multiple_of(PADDED_TO);
    let mut message = Zeroizing::new(Vec::with_capacity(whole));
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(value);
    message.resize(whole, 0);
    message
}

fn unpadded(message: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = message.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    rest.get(..length)
        .map(|value| Zeroizing::new(value.to_vec()))
}
