//! A store whose passphrase was right and of which every byte is as it was written.
//! Knows nothing of files being changed.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::fault::StoreFault;
use super::file::{Body, FORMAT, StoreFile, Stored};
use super::kdf::{Kdf, KdfFault};
use super::keys::Keys;
use crate::random;

/// What a seal says that proves the passphrase.
const CHECK: &[u8] = b"check";
/// What a seal says that proves all.
const WHOLE: &[u8] = b"whole";

/// An opened store.
pub(crate) struct Opened {
    path: PathBuf,
    pub(super) body: Body,
    keys: Keys,
}

impl Opened {
    /// Opens a file. This takes the time and memory that the file states.
    ///
    /// # Errors
    /// [`StoreFault::WrongKey`], or [`StoreFault::Damaged`] where the passphrase is right and the file is not.
    pub(crate) fn open(file: StoreFile, passphrase: &[u8]) -> Result<Self, StoreFault> {
        let keys = keys(&file.body.kdf, passphrase, &file.path)?;
        Self::with(file, keys)
    }

    fn with(file: StoreFile, keys: Keys) -> Result<Self, StoreFault> {
        let StoreFile { path, body } = file;
        let seal = |text: &str| STANDARD.decode(text).unwrap_or_default();
        if !keys.is_seal(&seal(&body.check), &[CHECK, &body.head()]) {
            return Err(StoreFault::WrongKey(path));
        }
        if !keys.is_seal(&seal(&body.seal), &[WHOLE, &body.whole()]) {
            return Err(StoreFault::Damaged(path));
        }
        Ok(Self { path, body, keys })
    }

    /// The same passphrase on the file as it is now: derived anew only where its terms are other ones.
    pub(super) fn again(self, file: StoreFile, passphrase: &[u8]) -> Result<Self, StoreFault> {
        if file.body.kdf == self.body.kdf && file.body.id == self.body.id {
            Self::with(file, self.keys)
        } else {
            Self::open(file, passphrase)
        }
    }

    /// An empty store that was not written yet.
    pub(super) fn fresh(path: &Path, passphrase: &[u8]) -> Result<Self, StoreFault> {
        let mut id = [0_u8; 16];
        random::fill(&mut id).map_err(|_| StoreFault::Random)?;
        let kdf = Kdf::fresh().map_err(|_| StoreFault::Random)?;
        let keys = keys(&kdf, passphrase, path)?;
        let mut body = Body {
            aegis: FORMAT.to_owned(),
            id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
            kdf,
            check: String::new(),
            generation: 0,
            secrets: Vec::new(),
            seal: String::new(),
        };
        body.check = STANDARD.encode(keys.seal(&[CHECK, &body.head()]));
        Ok(Self {
            path: path.to_owned(),
            body,
            keys,
        })
    }

    /// The value of a secret.
    ///
    /// # Errors
    /// [`StoreFault::NoSuch`] where it is not there.
    pub(crate) fn value(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        let found = self.body.secrets.iter().find(|one| one.name == name);
        let found = found.ok_or_else(|| StoreFault::NoSuch(self.path.clone(), name.to_owned()))?;
        self.opened(found)
    }

    fn opened(&self, one: &Stored) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        let sealed = one.sealed();
        let value =
            sealed.and_then(|sealed| self.keys.decrypt(&sealed, &one.bound(&self.body.head())));
        value.ok_or_else(|| StoreFault::Damaged(self.path.clone()))
    }

    /// Sets a secret; whether it was there before.
    pub(super) fn set(&mut self, name: &str, value: &[u8], now_s: u64) -> Result<bool, StoreFault> {
        let mut one = Stored {
            name: name.to_owned(),
            set_s: now_s,
            value: String::new(),
        };
        let sealed = self.keys.encrypt(value, &one.bound(&self.body.head()));
        one.value = STANDARD.encode(sealed.map_err(|_| StoreFault::Random)?);
        let secrets = &mut self.body.secrets;
        match secrets.binary_search_by(|other| other.name.as_str().cmp(name)) {
            Ok(at) => {
                if let Some(place) = secrets.get_mut(at) {
                    *place = one;
                }
                Ok(true)
            }
            Err(at) => {
                secrets.insert(at, one);
                Ok(false)
            }
        }
    }

    /// Takes a secret out.
    pub(super) fn remove(&mut self, name: &str) -> Result<(), StoreFault> {
        let before = self.body.secrets.len();
        self.body.secrets.retain(|one| one.name != name);
        match self.body.secrets.len() < before {
            true => Ok(()),
            false => Err(StoreFault::NoSuch(self.path.clone(), name.to_owned())),
        }
    }

    /// The same secrets under another passphrase, with a salt and an id of their own.
    pub(super) fn rotated(&self, passphrase: &[u8]) -> Result<Self, StoreFault> {
        let mut new = Self::fresh(&self.path, passphrase)?;
        new.body.generation = self.body.generation;
        for one in &self.body.secrets {
            new.set(&one.name, &self.opened(one)?, one.set_s)?;
        }
        Ok(new)
    }

    /// The text of the next generation, sealed.
    pub(super) fn sealed(&mut self) -> Result<String, StoreFault> {
        self.body.generation = self.body.generation.saturating_add(1);
        let seal = self.keys.seal(&[WHOLE, &self.body.whole()]);
        self.body.seal = STANDARD.encode(seal);
        let text = self.body.text();
        text.ok_or_else(|| StoreFault::Full(self.path.clone()))
    }
}

fn keys(kdf: &Kdf, passphrase: &[u8], path: &Path) -> Result<Keys, StoreFault> {
    match kdf.key(passphrase) {
        Ok(master) => Ok(Keys::of(&master)),
        Err(KdfFault::Terms(why)) => Err(StoreFault::Unreadable(path.to_owned(), why)),
        Err(KdfFault::Memory(mib)) => Err(StoreFault::Memory(path.to_owned(), mib)),
    }
}
