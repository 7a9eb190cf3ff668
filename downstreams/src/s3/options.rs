//! How the object server is started.
//! Knows nothing of command lines.

use std::fmt;

use crate::ServeError;

/// The variable that carries the location.
pub(super) const URL_VARIABLE: &str = "AEGIS_S3_URL";
/// What a location looks like.
pub(super) const URL_EXAMPLE: &str = "file:/data/bucket";
/// The variable that carries the id of the access key, for `s3://…`.
const KEY_ID_VARIABLE: &str = "AEGIS_S3_KEY_ID";
/// The variable that carries the secret that belongs to it.
const SECRET_VARIABLE: &str = "AEGIS_S3_SECRET_KEY";
/// The variable that carries a session's token, where the key is a temporary one.
const TOKEN_VARIABLE: &str = "AEGIS_S3_SESSION_TOKEN";

/// Options of [`serve`](super::serve).
#[derive(Clone)]
pub struct S3Options {
    /// The location: `file:PATH` of a directory, or `s3://BUCKET/PREFIX?…` of a store.
    pub url: String,
    /// Walk a key's components one by one even where the kernel can resolve them at once
    /// (openat2(2), Linux 5.6). Slower; for systems that lack it, where it is the only way, and for tests.
    pub stepwise: bool,
    /// Who asks a store; a directory needs nobody.
    pub credentials: Option<S3Credentials>,
}

/// An access key of a store.
#[derive(Clone)]
pub struct S3Credentials {
    /// Its id.
    pub key_id: String,
    /// Its secret.
    pub secret: String,
    /// The session's token, where the key is a temporary one.
    pub token: Option<String>,
}

impl S3Credentials {
    /// They go into headers: what could not stand there is refused before anything is asked.
    pub(super) fn check(&self) -> Result<(), ServeError> {
        let visible = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        if !visible(&self.key_id) || self.key_id.contains('/') {
            return Err(ServeError::Setting(
                KEY_ID_VARIABLE,
                "it is no id of an access key",
            ));
        }
        if !visible(&self.secret) {
            return Err(ServeError::Setting(
                SECRET_VARIABLE,
                "it holds blanks or is empty",
            ));
        }
        if !self.token.as_deref().is_none_or(visible) {
            return Err(ServeError::Setting(
                TOKEN_VARIABLE,
                "it holds blanks or is empty",
            ));
        }
        Ok(())
    }
}

impl S3Options {
    /// Takes the location from `AEGIS_S3_URL` and the key of a store from `AEGIS_S3_KEY_ID`, `AEGIS_S3_SECRET_KEY`
    /// and `AEGIS_S3_SESSION_TOKEN`, the only way in: an argument would show in `ps`.
    ///
    /// # Errors
    /// Where a variable that is needed is missing, empty or not Unicode.
    pub fn from_env() -> Result<Self, ServeError> {
        let url = required(URL_VARIABLE, URL_EXAMPLE)?;
        let credentials = if url.starts_with("s3://") {
            Some(S3Credentials {
                key_id: required(KEY_ID_VARIABLE, "the id of an access key")?,
                secret: required(SECRET_VARIABLE, "the secret of the access key")?,
                token: variable(TOKEN_VARIABLE),
            })
        } else {
            None
        };
        Ok(Self {
            url,
            stepwise: false,
            credentials,
        })
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn required(name: &'static str, example: &'static str) -> Result<String, ServeError> {
    variable(name).ok_or(ServeError::Unset(name, example))
}

impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Options")
            .field("url", &"[hidden]")
            .field("stepwise", &self.stepwise)
            .field("credentials", &self.credentials)
            .finish()
    }
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}
