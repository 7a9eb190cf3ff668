//! Changes a store: one writer at a time, the whole new file or the old one.
//! Knows nothing of where passphrases and values come from.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use aegis_core::limits;

use super::fault::StoreFault;
use super::file::StoreFile;
use super::name::is_name;
use super::opened::Opened;
use crate::lock::{FileLock, LockFault};
use crate::private_file::{private_dir, write_private};

/// A store that is about to be changed by somebody who knows its passphrase.
pub(crate) struct Changing<'a> {
    path: PathBuf,
    passphrase: &'a [u8],
    opened: Option<Opened>,
}

/// What was done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Whether the store, or the secret, was there before.
    pub(crate) made: bool,
    /// Whether the secret had a value before.
    pub(crate) replaced: bool,
    /// How many secrets there are now.
    pub(crate) secrets: usize,
    /// How often the store was written.
    pub(crate) generation: u64,
}

impl<'a> Changing<'a> {
    /// Opens the store where there is one. Nobody waits for this one meanwhile: the derivation of its key takes long.
    ///
    /// # Errors
    /// Where it cannot be opened by this passphrase.
    pub(crate) fn begin(path: &Path, passphrase: &'a [u8]) -> Result<Self, StoreFault> {
        // A link leads to the store that is meant: it stays a link.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let opened = match StoreFile::read(&path) {
            Ok(file) => Some(Opened::open(file, passphrase)?),
            Err(StoreFault::Missing(_)) => None,
            Err(fault) => return Err(fault),
        };
        Ok(Self {
            path,
            passphrase,
            opened,
        })
    }

    /// Sets a secret; makes the store where there is none.
    ///
    /// # Errors
    /// Where it cannot be done; then nothing is other than before.
    pub(crate) fn set(self, name: &str, value: &[u8], now_s: u64) -> Result<Changed, StoreFault> {
        if !is_name(name) {
            return Err(StoreFault::BadName);
        }
        let (_held, opened, this) = self.hold()?;
        let made = opened.is_none();
        let mut opened = match opened {
            Some(opened) => opened,
            None => Opened::fresh(&this.path, strong(this.passphrase)?)?,
        };
        let replaced = opened.set(name, value, now_s)?;
        this.write(opened, made, replaced)
    }

    /// Takes a secret out.
    ///
    /// # Errors
    /// [`StoreFault::NoSuch`] where it is not there.
    pub(crate) fn remove(self, name: &str) -> Result<Changed, StoreFault> {
        let (_held, opened, this) = self.hold()?;
        let mut opened = opened.ok_or_else(|| StoreFault::Missing(this.path.clone()))?;
        opened.remove(name)?;
        this.write(opened, false, true)
    }

    /// Encrypts everything anew under another passphrase: the old one opens nothing of the new file.
    ///
    /// # Errors
    /// Where it cannot be done; then the old passphrase still opens it.
    pub(crate) fn rotate(self, passphrase: &[u8]) -> Result<Changed, StoreFault> {
        if passphrase == self.passphrase {
            return Err(StoreFault::SameKey);
        }
        let (_held, opened, this) = self.hold()?;
        let opened = opened.ok_or_else(|| StoreFault::Missing(this.path.clone()))?;
        let rotated = opened.rotated(strong(passphrase)?)?;
        this.write(rotated, false, true)
    }

    /// Holds the store alone, and reads it again: somebody may have written meanwhile.
    fn hold(mut self) -> Result<(FileLock, Option<Opened>, Self), StoreFault> {
        let unwritten = |error| StoreFault::Unwritten(self.path.clone(), error);
        if let Some(folder) = self.path.parent() {
            private_dir(folder).map_err(unwritten)?;
        }
        let mut name = OsString::from(self.path.file_name().unwrap_or_default());
        name.push(".lock");
        let held = match FileLock::alone(&self.path.with_file_name(name)) {
            Ok(held) => held,
            Err(LockFault::Held) => return Err(StoreFault::Held(self.path)),
            Err(LockFault::Io(_, error)) => return Err(unwritten(error)),
        };
        let opened = match (StoreFile::read(&self.path), self.opened.take()) {
            (Ok(file), Some(opened)) => Some(opened.again(file, self.passphrase)?),
            (Ok(file), None) => Some(Opened::open(file, self.passphrase)?),
            (Err(StoreFault::Missing(_)), None) => None,
            (Err(fault), _) => return Err(fault),
        };
        Ok((held, opened, self))
    }

    fn write(self, mut opened: Opened, made: bool, replaced: bool) -> Result<Changed, StoreFault> {
        let text = opened.sealed()?;
        write_private(&self.path, text.as_bytes())
            .map_err(|error| StoreFault::Unwritten(self.path.clone(), error))?;
        Ok(Changed {
            made,
            replaced,
            secrets: opened.body.secrets.len(),
            generation: opened.body.generation,
        })
    }
}

fn strong(passphrase: &[u8]) -> Result<&[u8], StoreFault> {
    match passphrase.len() >= limits::STORE_PASSPHRASE_BYTES_MIN {
        true => Ok(passphrase),
        false => Err(StoreFault::WeakKey),
    }
}
