//! A credential of one downstream: found once, held in memory, given to that child and no other.
//! Knows nothing of what it opens.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aegis_core::limits;
use rustix::fs::{FileType, Mode, OFlags, fstat};
use secrecy::{ExposeSecret, SecretBox};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use crate::config::SecretRef;
use crate::environment;

/// A credential. It cannot be printed, copied or serialised; only south reads it, and its memory is
/// overwritten when it ends.
pub(crate) struct Secret(SecretBox<str>);

/// Why a secret cannot be had. Names the place, never the value.
#[derive(Debug, Error)]
pub enum SecretFault {
    /// The variable is not set.
    #[error(
        "environment variable `{0}` is not set; set it for the kernel, or point the secret elsewhere"
    )]
    Unset(String),
    /// The file cannot be opened or read.
    #[error(
        "secret file `{0}` cannot be read ({1}); create it with mode 600 and the kernel's owner"
    )]
    Unreadable(PathBuf, io::ErrorKind),
    /// The file is a folder, device, pipe or socket.
    #[error("secret file `{0}` is not a regular file; put the value into a regular file")]
    NotAFile(PathBuf),
    /// The file is somebody else's.
    #[error("secret file `{0}` belongs to another user; chown it to the user that runs the kernel")]
    NotOurs(PathBuf),
    /// Others may open the file.
    #[error("secret file `{0}` has mode {1:03o}, open to others than its owner; chmod it to 600")]
    Open(PathBuf, u32),
    /// There is no value.
    #[error("the secret in {0} is empty; give it a value or remove the reference")]
    Empty(String),
    /// The value cannot be handed over in an environment.
    #[error(
        "the secret in {0} is not UTF-8 text without NUL; store it as text, encoded if need be"
    )]
    NotText(String),
    /// The value is larger than [`limits::SECRET_BYTES_MAX`].
    #[error("the secret in {0} is larger than {max} bytes; it is probably the wrong file", max = limits::SECRET_BYTES_MAX)]
    TooLarge(String),
}

impl Secret {
    /// Finds the value that a reference points to. One line end at the end of a file is not part of it.
    pub(in crate::south) fn resolve(reference: &SecretRef) -> Result<Self, SecretFault> {
        match reference {
            SecretRef::Env(name) => {
                let value =
                    environment::variable(name).ok_or_else(|| SecretFault::Unset(name.clone()))?;
                Self::from_bytes(value.into_vec(), || {
                    format!("environment variable `{name}`")
                })
            }
            SecretRef::File(path) => {
                let mut bytes = read_guarded(path)?;
                trim_line_end(&mut bytes);
                Self::from_bytes(bytes, || format!("file `{}`", path.display()))
            }
        }
    }

    /// The value itself: for a child's environment and for the net that catches it on its way out.
    pub(in crate::south) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The value as bytes that overwrite themselves.
    pub(in crate::south) fn known(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.expose().as_bytes().to_vec())
    }

    fn from_bytes(bytes: Vec<u8>, place: impl Fn() -> String) -> Result<Self, SecretFault> {
        if bytes.len() > limits::SECRET_BYTES_MAX {
            let _overwritten = Zeroizing::new(bytes);
            return Err(SecretFault::TooLarge(place()));
        }
        match String::from_utf8(bytes) {
            Ok(text) if text.contains('\0') => {
                let _overwritten = Zeroizing::new(text);
                Err(SecretFault::NotText(place()))
            }
            // A blank value opens nothing and is a slip of whoever wrote it.
            Ok(text) if text.trim().is_empty() => Err(SecretFault::Empty(place())),
            Ok(text) => Ok(Self(SecretBox::new(text.into_boxed_str()))),
            Err(not_text) => {
                let _overwritten = Zeroizing::new(not_text.into_bytes());
                Err(SecretFault::NotText(place()))
            }
        }
    }
}

/// Reads a file that its owner, which is us, may open and nobody else. What is judged is the opened
/// file, not its name: nothing can be put in its place in between.
fn read_guarded(path: &Path) -> Result<Vec<u8>, SecretFault> {
    let unreadable = |error: io::Error| SecretFault::Unreadable(path.to_owned(), error.kind());
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(unreadable)?;
    let status = fstat(&file).map_err(|error| unreadable(error.into()))?;
    if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
        return Err(SecretFault::NotAFile(path.to_owned()));
    }
    if status.st_uid != rustix::process::geteuid().as_raw() {
        return Err(SecretFault::NotOurs(path.to_owned()));
    }
    let mode = Mode::from_raw_mode(status.st_mode);
    if mode.intersects(Mode::RWXG | Mode::RWXO) {
        return Err(SecretFault::Open(path.to_owned(), mode.bits()));
    }
    read_bounded(file).map_err(unreadable)
}

/// Reads one byte more than the bound at the most, into memory that is never reallocated and so
/// leaves no copy behind.
fn read_bounded(file: File) -> io::Result<Vec<u8>> {
    let bound = limits::SECRET_BYTES_MAX + 1;
    let mut bytes = Vec::with_capacity(bound + 1);
    let more = u64::try_from(bound).unwrap_or(u64::MAX);
    match file.take(more).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => {
            bytes.zeroize();
            Err(error)
        }
    }
}

fn trim_line_end(bytes: &mut Vec<u8>) {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
}
