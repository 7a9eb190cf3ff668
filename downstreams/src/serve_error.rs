//! Why a server could not start or had to stop.
//! Knows nothing of tools; holds no location, credential or data.

/// Why [`postgres::serve`](crate::postgres::serve) or [`s3::serve`](crate::s3::serve) ended badly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The variable that carries the location is missing or empty.
    #[error("`{0}` is not set: give it the location of the data, e.g. `{1}`")]
    Unset(&'static str, &'static str),
    /// Something in a variable is not as it must be; says what, without its text.
    #[error("`{0}`: {1}")]
    Setting(&'static str, &'static str),
    /// The location is of no known form.
    #[error("`{0}` has a form that is not known: use `{1}`")]
    UnknownForm(&'static str, &'static str),
    /// There is nothing usable at the location.
    #[error("`{0}` does not lead to usable data: check that it exists and may be opened")]
    Unusable(&'static str),
    /// A server could not be verified, or does not encrypt.
    #[error(
        "the server that `{0}` names could not be verified: give its root certificate as `sslrootcert=FILE`, and the name that stands in its certificate as the host"
    )]
    Untrusted(&'static str),
    /// The database is not set up for the wall.
    #[error(
        "{0}: run what `aegis downstream postgres setup --print` prints, as the database's owner"
    )]
    Wall(String),
    /// The process could not start or keep up its side of stdio.
    #[error("stdio could not be served: {0}")]
    Stdio(std::io::ErrorKind),
}

impl ServeError {
    /// The exit code of the process: 2 where the configuration is at fault, else 1.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Stdio(_) => 1,
            Self::Unset(..)
            | Self::Setting(..)
            | Self::UnknownForm(..)
            | Self::Unusable(_)
            | Self::Untrusted(_)
            | Self::Wall(_) => 2,
        }
    }
}
