//! Why a store of secrets cannot be used, and what to do.
//! Knows nothing of values: it names places.

use std::io;
use std::path::PathBuf;

use aegis_core::limits;
use thiserror::Error;

use crate::guarded_file::GuardFault;

/// Why a store cannot be read, opened or changed.
#[derive(Debug, Error)]
pub enum StoreFault {
    /// There is none.
    #[error("there is no store of secrets at `{0}`; `aegis secrets set NAME` makes it")]
    Missing(PathBuf),
    /// It is not ours alone, or cannot be read.
    #[error("the store of secrets {0}")]
    Guard(#[from] GuardFault),
    /// It is no store, or not a whole one.
    #[error(
        "`{0}` is no store of secrets that can be read: {1}; put a copy of it back, or remove it and set its secrets anew"
    )]
    Unreadable(PathBuf, &'static str),
    /// The passphrase is another one.
    #[error(
        "the passphrase does not open `{0}`; use the one that it was made or last rotated with (the same answer is given where its head was changed)"
    )]
    WrongKey(PathBuf),
    /// The passphrase is right and the rest is not what was written.
    #[error(
        "`{0}` was changed by somebody who does not know its passphrase, or is damaged; nothing of it is used: put a copy of it back, or remove it and set its secrets anew"
    )]
    Damaged(PathBuf),
    /// There is no such secret.
    #[error("the store `{0}` holds no secret `{1}`; `aegis secrets set {1}` puts it there")]
    NoSuch(PathBuf, String),
    /// Not a name.
    #[error(
        "that is no name of a secret; use 1 to 64 of `A-Z a-z 0-9 . _ -`, a letter or digit first"
    )]
    BadName,
    /// The passphrase can be guessed.
    #[error(
        "the passphrase is shorter than {min} bytes; use a longer one, or let `aegis secrets new-key FILE` make a key",
        min = limits::STORE_PASSPHRASE_BYTES_MIN
    )]
    WeakKey,
    /// The new passphrase is the old one.
    #[error("the new passphrase is the old one; nothing was changed")]
    SameKey,
    /// It would be larger than can be read again.
    #[error(
        "the store `{0}` would hold more than {max} secrets, or more than {bytes} bytes; use a second store, or remove what is not used",
        max = limits::STORE_SECRETS_MAX,
        bytes = limits::STORE_BYTES_MAX
    )]
    Full(PathBuf),
    /// Somebody else is changing it.
    #[error("another `aegis secrets` is changing `{0}`; try again when it has ended")]
    Held(PathBuf),
    /// It cannot be written.
    #[error("the store `{0}` cannot be written ({1}); what it held before is untouched")]
    Unwritten(PathBuf, io::Error),
    /// A key cannot be made.
    #[error("the key file `{0}` cannot be made ({1}); name a file that is not there yet")]
    NoKeyFile(PathBuf, io::Error),
    /// There is not enough memory for the derivation of its key.
    #[error("there is not enough memory to open `{0}`: its key takes {1} MiB")]
    Memory(PathBuf, u32),
    /// The system has no randomness.
    #[error("the system gives no randomness to encrypt with")]
    Random,
}

impl StoreFault {
    /// A word for programs that read our output.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "no-store",
            Self::Guard(_) => "not-private",
            Self::Unreadable(..) => "unreadable",
            Self::WrongKey(_) => "wrong-passphrase",
            Self::Damaged(_) => "damaged",
            Self::NoSuch(..) => "no-such-secret",
            Self::BadName => "bad-name",
            Self::WeakKey => "weak-passphrase",
            Self::SameKey => "same-passphrase",
            Self::Full(_) => "full",
            Self::Held(_) => "held",
            Self::Unwritten(..) => "unwritten",
            Self::NoKeyFile(..) => "no-key-file",
            Self::Memory(..) => "no-memory",
            Self::Random => "no-randomness",
        }
    }

    /// Whether the store itself is not what it should be, rather than how it was asked.
    #[must_use]
    pub fn is_of_the_store(&self) -> bool {
        matches!(
            self,
            Self::Damaged(_) | Self::NoSuch(..) | Self::Unreadable(..)
        )
    }
}
