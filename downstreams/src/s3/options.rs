//! How the object server is started.
//! Knows nothing of command lines.

use std::fmt;

use crate::ServeError;

/// The variable that carries the location, and with it the credential.
pub(super) const URL_VARIABLE: &str = "AEGIS_S3_URL";
/// What a location looks like.
pub(super) const URL_EXAMPLE: &str = "file:/data/bucket";

/// Options of [`serve`](super::serve).
#[derive(Clone)]
pub struct S3Options {
    /// The location: `file:PATH` of a directory. `s3://…` is reserved for a real service.
    pub url: String,
    /// Walk a key's components one by one even where the kernel can resolve them at once
    /// (openat2(2), Linux 5.6). Slower; for systems that lack it, where it is the only way, and for tests.
    pub stepwise: bool,
}

impl S3Options {
    /// Takes the location from `AEGIS_S3_URL`, the only way in: an argument would show in `ps`.
    ///
    /// # Errors
    /// Where the variable is missing, empty or not Unicode.
    pub fn from_env() -> Result<Self, ServeError> {
        match std::env::var(URL_VARIABLE) {
            Ok(url) if !url.is_empty() => Ok(Self {
                url,
                stepwise: false,
            }),
            _ => Err(ServeError::Unset(URL_VARIABLE, URL_EXAMPLE)),
        }
    }
}

impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Options")
            .field("url", &"[hidden]")
            .field("stepwise", &self.stepwise)
            .finish()
    }
}
