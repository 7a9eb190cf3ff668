//! The private half of the operator's key, which no kernel reads.
//! Knows nothing of captures.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use aegis_verify::read_bounded;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use thiserror::Error;
use zeroize::Zeroizing;

use super::CapturePublic;
use super::sealed::{Private, Suite};
use crate::private_file::write_new;
use crate::random;

/// How the file begins.
const NAME: &str = "AEGIS-CAPTURE-KEY";
/// Longest such file, in bytes.
const FILE_BYTES_MAX: usize = 1_024;

/// Why there is no such key.
#[derive(Debug, Error)]
pub enum CaptureKeyFault {
    /// The file cannot be read or made.
    #[error("`{0}`: {1}")]
    Io(PathBuf, io::Error),
    /// The file is not as it must be.
    #[error("`{0}` {1}")]
    Odd(PathBuf, &'static str),
    /// The system has no randomness.
    #[error("the system gives no randomness to make a key from")]
    Random,
}

/// An X25519 key that captures are opened with.
pub struct CaptureKey {
    private: Private,
    public: CapturePublic,
}

impl CaptureKey {
    /// Makes a key in a file of its own, which must not be there yet, and gives the public half.
    ///
    /// # Errors
    /// Where it is there, or cannot be made.
    pub fn create(path: &Path) -> Result<CapturePublic, CaptureKeyFault> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        random::fill(seed.as_mut()).map_err(|_| CaptureKeyFault::Random)?;
        let (private, public) = Suite::derive_keypair(seed.as_slice());
        let public = CapturePublic::new(public);
        let bytes = Zeroizing::new(private.to_bytes().to_vec());
        let encoded = Zeroizing::new(STANDARD.encode(&*bytes));
        let text = Zeroizing::new(format!("{NAME}+{}+{}\n", public.id(), *encoded));
        write_new(path, text.as_bytes()).map_err(|e| CaptureKeyFault::Io(path.to_owned(), e))?;
        Ok(public)
    }

    /// Reads a key's file.
    ///
    /// # Errors
    /// Where it is missing, readable by others or none.
    pub fn open(path: &Path) -> Result<Self, CaptureKeyFault> {
        let io = |error| CaptureKeyFault::Io(path.to_owned(), error);
        let odd = |what| CaptureKeyFault::Odd(path.to_owned(), what);
        let mode = fs::symlink_metadata(path).map_err(io)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(odd(
                "can be read by others than its owner: make it mode 0600",
            ));
        }
        let bytes = read_bounded(path, FILE_BYTES_MAX).map_err(io)?;
        let bytes = Zeroizing::new(bytes.unwrap_or_default());
        let read = || {
            let text = std::str::from_utf8(&bytes).ok()?;
            let mut parts = text.trim_end_matches('\n').splitn(3, '+');
            let (name, id, encoded) = (parts.next()?, parts.next()?, parts.next()?);
            let secret = Zeroizing::new(STANDARD.decode(encoded).ok()?);
            let private = Private::from_bytes(&secret).ok()?;
            let public = CapturePublic::new(Suite::sk_to_pk(&private));
            (name == NAME && id == public.id()).then_some(Self { private, public })
        };
        read().ok_or_else(|| odd("is no private key of `aegis audit capture keygen`"))
    }

    /// The other half.
    #[must_use]
    pub fn public(&self) -> &CapturePublic {
        &self.public
    }

    pub(super) fn private(&self) -> &Private {
        &self.private
    }
}
