//! A credential of one downstream: found once, held in memory, given to that child and no other.
//! Knows nothing of what it opens.

use aegis_core::limits;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::guarded_file::GuardFault;
use crate::secret_store::StoreFault;

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
    /// The file cannot be read, or others can.
    #[error("secret file {0}")]
    File(#[from] GuardFault),
    /// The store cannot be opened, or holds no such name.
    #[error("{0}")]
    Store(#[from] StoreFault),
    /// Nothing says what opens the store.
    #[error(
        "nothing says what opens the store of secrets; add `[secrets]` with `key = \"file:PATH\"`"
    )]
    NoKey,
    /// The program that prints the value did not end well.
    #[error(
        "secret command `{0}` gave nothing ({1}); run it by hand as the user that runs the kernel, with the few variables that it is given (`command_env` under `[secrets]` names more)"
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
    /// Takes bytes that somebody gave or that lay somewhere; one line end at their end is not part of the value.
    pub(in crate::south) fn given(
        mut bytes: Zeroizing<Vec<u8>>,
        place: impl Fn() -> String,
    ) -> Result<Self, SecretFault> {
        trim_line_end(&mut bytes);
        Self::from_bytes(std::mem::take(&mut *bytes), place)
    }

    /// What is stored or used as it was given, where it can be a secret at all.
    ///
    /// # Errors
    /// Why it cannot.
    pub(crate) fn checked(
        bytes: Zeroizing<Vec<u8>>,
        place: &str,
    ) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
        Ok(Self::given(bytes, || place.to_owned())?.bytes())
    }

    /// SHA-256 of an agent's token: whoever compares tokens needs no more, and keeps none.
    pub(in crate::south) fn token_digest(
        &self,
        place: impl Fn() -> String,
    ) -> Result<[u8; 32], SecretFault> {
        let token = self.expose().as_bytes();
        let long = (limits::TOKEN_BYTES_MIN..=limits::TOKEN_BYTES_MAX).contains(&token.len());
        if !long || !token.iter().all(u8::is_ascii_graphic) {
            return Err(SecretFault::NotAToken(place()));
        }
        Ok(Sha256::digest(token).into())
    }

    /// The value as bytes that overwrite themselves.
    pub(in crate::south) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.expose().as_bytes().to_vec())
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
            // Never longer: no copy is left behind by growing.
            let mut decoded = Zeroizing::new(Vec::with_capacity(password.len()));
            decoded.extend(percent_decode_str(password));
            known.push(decoded);
            known.push(Zeroizing::new(password.as_bytes().to_vec()));
        }
        // Shorter ones cannot be told from ordinary text.
        known.retain(|bytes| bytes.len() >= limits::SECRET_BYTES_MIN);
        known
    }

    pub(in crate::south) fn from_bytes(
        bytes: Vec<u8>,
        place: impl Fn() -> String,
    ) -> Result<Self, SecretFault> {
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
