//! The public half of the operator's key: with it values are sealed and never read.
//! Knows nothing of where the other half is.

use std::fmt;

use aegis_core::audit::Leaf;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hpke::{Deserializable as _, Serializable as _};

use super::sealed::Public;

/// How such a key is called in text.
const NAME: &str = "aegis-capture";
/// Digits of a key's id.
const ID_DIGITS: usize = 8;

/// An X25519 key that captures are sealed to.
#[derive(Clone, PartialEq, Eq)]
pub struct CapturePublic(Public);

impl CapturePublic {
    pub(super) fn new(key: Public) -> Self {
        Self(key)
    }

    /// Reads `aegis-capture+id+base64`; `None` for anything else, an id that is not the key's among it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, id, encoded) = (parts.next()?, parts.next()?, parts.next()?);
        let bytes = STANDARD.decode(encoded).ok()?;
        // RFC 9180 §7.1.4: a key whose shared secrets are all zero is no key.
        let key = Self(Public::from_bytes(&bytes).ok()?);
        (name == NAME && id == key.id() && key.is_usable()).then_some(key)
    }

    /// Its short id: it names a key and proves nothing.
    #[must_use]
    pub fn id(&self) -> String {
        let mut bytes = b"aegis/capture-key/v1".to_vec();
        bytes.extend(self.0.to_bytes());
        let mut id = Leaf::of_bytes(&bytes).to_string();
        id.truncate(ID_DIGITS);
        id
    }

    pub(super) fn key(&self) -> &Public {
        &self.0
    }
}

impl fmt::Display for CapturePublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = STANDARD.encode(self.0.to_bytes());
        write!(f, "{NAME}+{}+{encoded}", self.id())
    }
}

impl fmt::Debug for CapturePublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
