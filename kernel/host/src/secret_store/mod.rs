//! The encrypted file of secrets: made, read, changed, and given another key. Its format is told in `docs/SECRETS.md`.
//! Knows nothing of which downstream a secret is for, nor where a passphrase comes from.

mod change;
mod fault;
mod file;
mod kdf;
mod key_file;
mod keys;
mod name;
mod opened;

pub(crate) use self::change::{Changed, Changing};
pub(crate) use self::fault::StoreFault;
pub(crate) use self::file::{StoreFile, Stored};
pub(crate) use self::key_file::write_key;
pub(crate) use self::name::is_name;
pub(crate) use self::opened::Opened;
