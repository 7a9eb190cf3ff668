//! A passphrase that a machine makes for machines.
//! Knows nothing of stores.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::fault::StoreFault;
use crate::private_file::{private_dir, write_new};
use crate::random;

/// Makes a file of 32 random bytes as text, which its owner alone may read and which must not be there yet.
///
/// # Errors
/// Where it is there, or cannot be made.
pub(crate) fn write_key(path: &Path) -> Result<(), StoreFault> {
    let mut key = Zeroizing::new([0_u8; 32]);
    random::fill(key.as_mut_slice()).map_err(|_| StoreFault::Random)?;
    let mut text = Zeroizing::new(URL_SAFE_NO_PAD.encode(*key));
    text.push('\n');
    let folder = path.parent().unwrap_or(Path::new(""));
    private_dir(folder)
        .and_then(|()| write_new(path, text.as_bytes()))
        .map_err(|error| StoreFault::NoKeyFile(path.to_owned(), error))
}
