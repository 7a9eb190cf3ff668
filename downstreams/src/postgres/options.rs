//! How the SQL server is started.
//! Knows nothing of command lines.

use std::fmt;

use crate::ServeError;

/// The variable that carries the location, and with it the credential.
pub(super) const URL_VARIABLE: &str = "AEGIS_POSTGRES_URL";
/// What a location looks like.
pub(super) const URL_EXAMPLE: &str = "sqlite:/data/customers.db";
/// The same for a server.
pub(super) const SERVER_EXAMPLE: &str =
    "postgres://USER:PASSWORD@HOST/DATABASE?sslrootcert=/path/root.pem";

/// Whether calls must carry a grant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GrantMode {
    /// A `query` or `execute` without a grant is refused. For use behind a supervisor.
    #[default]
    Required,
    /// A call without a grant may do what the tool is for: no column wall, but `query` reads alone,
    /// one statement, defensive modes and limits as always. For stand-alone use.
    Open,
}

/// Options of [`serve`](super::serve).
#[derive(Clone)]
pub struct PostgresOptions {
    /// The location: `sqlite:PATH`, or `postgres://…` for a server.
    pub url: String,
    /// Whether calls must carry a grant.
    pub grant: GrantMode,
}

impl PostgresOptions {
    /// Takes the location from `AEGIS_POSTGRES_URL`, the only way in: an argument would show in `ps`.
    ///
    /// # Errors
    /// Where the variable is missing, empty or not Unicode.
    pub fn from_env(grant: GrantMode) -> Result<Self, ServeError> {
        match std::env::var(URL_VARIABLE) {
            Ok(url) if !url.is_empty() => Ok(Self { url, grant }),
            _ => Err(ServeError::Unset(URL_VARIABLE, URL_EXAMPLE)),
        }
    }
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("url", &"[hidden]")
            .field("grant", &self.grant)
            .finish()
    }
}
