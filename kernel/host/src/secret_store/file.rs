//! The store as it lies on disk: names in clear, values encrypted, bounds before anything else.
//! Knows nothing of keys: what is read here is not yet proven.

use std::path::{Path, PathBuf};

use aegis_core::limits;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::fault::StoreFault;
use super::kdf::Kdf;
use super::keys::framed;
use super::name::is_name;
use crate::guarded_file::{GuardFault, read_guarded};

/// How the file calls itself.
pub(super) const FORMAT: &str = "secret-store/1";

/// A file, read and not yet proven.
pub(crate) struct StoreFile {
    pub(super) path: PathBuf,
    pub(super) body: Body,
}

/// What stands in it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    pub(super) aegis: String,
    pub(super) id: String,
    pub(super) kdf: Kdf,
    pub(super) check: String,
    pub(super) generation: u64,
    pub(super) secrets: Vec<Stored>,
    pub(super) seal: String,
}

/// One secret in it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored {
    /// Its name.
    pub(crate) name: String,
    /// When it was set, in seconds since 1970 UTC.
    pub(crate) set_s: u64,
    /// Nonce and ciphertext, in base64.
    pub(super) value: String,
}

impl StoreFile {
    /// Reads it. A file that is not its owner's alone, too large, or asks for too much, is refused before its key is
    /// derived.
    ///
    /// # Errors
    /// Why it cannot be read; [`StoreFault::Missing`] where there is none.
    pub(crate) fn read(path: &Path) -> Result<Self, StoreFault> {
        let bytes = match read_guarded(path, limits::STORE_BYTES_MAX) {
            Err(GuardFault::Unreadable(path, std::io::ErrorKind::NotFound)) => {
                return Err(StoreFault::Missing(path));
            }
            read => read?,
        };
        let odd = |why| StoreFault::Unreadable(path.to_owned(), why);
        if bytes.len() > limits::STORE_BYTES_MAX {
            return Err(odd("it is too large"));
        }
        let body: Body =
            serde_json::from_slice(&bytes).map_err(|_| odd("it is not what a store holds"))?;
        if body.aegis != FORMAT {
            return Err(odd("it is of a version that is not known here"));
        }
        if let Some(fault) = body.kdf.fault() {
            return Err(odd(fault));
        }
        let names: std::collections::BTreeSet<_> = body.secrets.iter().map(|s| &s.name).collect();
        if body.secrets.len() > limits::STORE_SECRETS_MAX
            || names.len() != body.secrets.len()
            || !body.secrets.iter().all(|one| is_name(&one.name))
        {
            return Err(odd("its names are not what names can be"));
        }
        Ok(Self {
            path: path.to_owned(),
            body,
        })
    }

    /// What is in it, by name; not yet proven.
    pub(crate) fn secrets(&self) -> &[Stored] {
        &self.body.secrets
    }

    /// How often it was written; not yet proven.
    pub(crate) fn generation(&self) -> u64 {
        self.body.generation
    }

    /// Whether it says that it holds this.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.body.secrets.iter().any(|one| one.name == name)
    }
}

impl Body {
    /// What every value and seal of the store is bound to.
    pub(super) fn head(&self) -> Vec<u8> {
        let kdf = self.kdf.parts();
        let mut parts: Vec<&[u8]> = vec![FORMAT.as_bytes(), self.id.as_bytes()];
        parts.extend(kdf.iter().map(Vec::as_slice));
        framed(&parts)
    }

    /// All that the last seal is over.
    pub(super) fn whole(&self) -> Vec<u8> {
        let mut all = framed(&[&self.head(), &self.generation.to_be_bytes()]);
        for one in &self.secrets {
            let set = one.set_s.to_be_bytes();
            all.extend(framed(&[one.name.as_bytes(), &set, one.value.as_bytes()]));
        }
        all
    }

    /// As it is written.
    pub(super) fn text(&self) -> Option<String> {
        let mut text = serde_json::to_string_pretty(self).ok()?;
        text.push('\n');
        (text.len() <= limits::STORE_BYTES_MAX && self.secrets.len() <= limits::STORE_SECRETS_MAX)
            .then_some(text)
    }
}

impl Stored {
    /// What its value is bound to beside the store: so that it is no other secret's, nor its own of another time.
    pub(super) fn bound(&self, head: &[u8]) -> Vec<u8> {
        let set = self.set_s.to_be_bytes();
        framed(&[b"value", head, self.name.as_bytes(), &set])
    }

    pub(super) fn sealed(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.value).ok()
    }
}
