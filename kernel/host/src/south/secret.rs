//! A credential of one downstream: found once, held in memory, given to that child and no other.
//! Knows nothing of what it opens.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use aegis_core::limits;
use rustix::fs::{FileType, Mode, OFlags, fstat};
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use crate::config::SecretRef;
use crate::environment;
use crate::program::{self, Wanted};

/// A credential. It cannot be printed, copied or serialised; only south reads it, and its memory is
/// overwritten when it ends.
pub struct Secret(SecretBox<str>);

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
    /// The program that prints the value did not end well.
    #[error(
        "secret command `{0}` gave nothing ({1}); run it by hand as the user that runs the kernel"
    )]
    Command(String, String),
    /// There is no value.
    #[error("the secret in {0} is empty; give it a value or remove the reference")]
    Empty(String),
    /// The value cannot be handed over in an environment.
    #[error(
        "the secret in {0} is not UTF-8 text without NUL; store it as text, encoded if need be"
    )]
    NotText(String),
    /// The value is shorter than [`limits::SECRET_BYTES_MIN`]: found everywhere, it could not be kept in.
    #[error("the secret in {0} is shorter than {min} bytes; use a longer one", min = limits::SECRET_BYTES_MIN)]
    TooShort(String),
    /// The token is shorter than [`limits::TOKEN_BYTES_MIN`], or longer than [`limits::TOKEN_BYTES_MAX`], or not
    /// made of visible ASCII: it could be guessed, or not be sent.
    #[error(
        "the token in {0} is not of {min} to {max} visible ASCII characters; make one with `openssl rand -hex 32`",
        min = limits::TOKEN_BYTES_MIN,
        max = limits::TOKEN_BYTES_MAX
    )]
    NotAToken(String),
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
                Self::from_bytes(value.into_vec(), || place(reference))
            }
            SecretRef::File(path) => {
                let mut bytes = read_guarded(path)?;
                trim_line_end(&mut bytes);
                Self::from_bytes(bytes, || place(reference))
            }
            SecretRef::Command(command) => {
                let mut printed =
                    printed(command).map_err(|why| SecretFault::Command(name_of(command), why))?;
                let mut bytes = std::mem::take(&mut *printed);
                trim_line_end(&mut bytes);
                Self::from_bytes(bytes, || place(reference))
            }
        }
    }

    /// SHA-256 of an agent's token: whoever compares tokens needs no more, and keeps none.
    ///
    /// # Errors
    /// As for every secret, and where it could be guessed.
    pub(crate) fn token_digest(reference: &SecretRef) -> Result<[u8; 32], SecretFault> {
        let token = Self::resolve(reference)?;
        let token = token.expose().as_bytes();
        let long = (limits::TOKEN_BYTES_MIN..=limits::TOKEN_BYTES_MAX).contains(&token.len());
        if !long || !token.iter().all(u8::is_ascii_graphic) {
            return Err(SecretFault::NotAToken(place(reference)));
        }
        Ok(Sha256::digest(token).into())
    }

    /// A key for the listener, as bytes that overwrite themselves.
    ///
    /// # Errors
    /// As for every secret.
    pub(crate) fn key_bytes(reference: &SecretRef) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
        let key = Self::resolve(reference)?;
        Ok(Zeroizing::new(key.expose().as_bytes().to_vec()))
    }

    /// What `read` makes of the value, which stays here; nothing where it cannot be had.
    pub(crate) fn read_as<T>(reference: &SecretRef, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let secret = Self::resolve(reference).ok()?;
        read(secret.expose())
    }

    /// The value itself: for a child's environment and for the net that catches it on its way out.
    pub(in crate::south) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// All that must not leave: the value, and where it is a URL the password within it, as written
    /// and decoded. As bytes that overwrite themselves.
    pub(in crate::south) fn known(&self) -> Vec<Zeroizing<Vec<u8>>> {
        let value = self.expose();
        let mut known = vec![Zeroizing::new(value.as_bytes().to_vec())];
        if let Some(password) = url_password(value) {
            known.push(Zeroizing::new(percent_decoded(password)));
            known.push(Zeroizing::new(password.as_bytes().to_vec()));
        }
        // Shorter ones cannot be told from ordinary text.
        known.retain(|bytes| bytes.len() >= limits::SECRET_BYTES_MIN);
        known
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
            Ok(text) if text.len() < limits::SECRET_BYTES_MIN => {
                let _overwritten = Zeroizing::new(text);
                Err(SecretFault::TooShort(place()))
            }
            Ok(text) => Ok(Self(SecretBox::new(text.into_boxed_str()))),
            Err(not_text) => {
                let _overwritten = Zeroizing::new(not_text.into_bytes());
                Err(SecretFault::NotText(place()))
            }
        }
    }
}

fn place(reference: &SecretRef) -> String {
    match reference {
        SecretRef::Env(name) => format!("environment variable `{name}`"),
        SecretRef::File(path) => format!("file `{}`", path.display()),
        SecretRef::Command(command) => format!("the output of `{}`", name_of(command)),
    }
}

/// The program alone: its arguments are between it and the operator.
fn name_of(command: &[String]) -> String {
    command.first().cloned().unwrap_or_default()
}

/// Runs a program that prints a secret, such as `op`, `vault` or `aws`, without a shell. It has the kernel's own
/// environment, in which such programs find out who they are.
fn printed(command: &[String]) -> Result<Zeroizing<Vec<u8>>, String> {
    let (name, arguments) = command.split_first().ok_or("no command")?;
    let wanted = Wanted {
        input: None,
        output: "an output",
        output_max: limits::SECRET_BYTES_MAX,
        timeout: Duration::from_millis(limits::SECRET_COMMAND_MS),
    };
    program::run(Command::new(name).args(arguments), &wanted)
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

/// The password of `scheme://user:password@host/…` (RFC 3986 §3.2.1).
fn url_password(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password)
}

/// `%40` as `@`; what is no such escape stays.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = match (byte, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                out.push(high * 16 + low);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
