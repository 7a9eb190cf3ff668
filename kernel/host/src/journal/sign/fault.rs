//! Why checkpoints cannot be signed, and so the kernel does not start.
//! Knows nothing of how it is repaired beyond the words that say it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why no checkpoint is signed. Nothing was signed, and nothing of the log was changed.
#[derive(Debug, Error)]
pub enum SigningFault {
    /// Reading or writing failed.
    #[error("cannot {what} `{path}`: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A key is not fit for use.
    #[error("the key `{path}` {problem}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// No name of a key.
    #[error("`{0}` is no name of a key: it must not be empty or hold spaces, controls or `+`")]
    Name(String),
    /// The system gives no randomness.
    #[error("the system gives no randomness, and no key can be made")]
    Random,
    /// The configuration wants checkpoints and there is no key.
    #[error(
        "checkpoints are to be signed, and `{0}` holds no key for this log: run `aegis audit keys init`"
    )]
    NoKeys(PathBuf),
    /// Another process holds the keys.
    #[error("another process signs with the keys in `{0}`: stop it first")]
    Locked(PathBuf),
    /// The keys are another log's.
    #[error(
        "the signing keys in `{keys}` are those of {origin}, which is not the log in `{dir}`: put that log back, or move the keys away and run `aegis audit keys init`"
    )]
    Foreign {
        /// The keys.
        keys: PathBuf,
        /// What they sign for.
        origin: String,
        /// The log.
        dir: PathBuf,
    },
    /// A key of another epoch was asked for and has no certificate yet.
    #[error(
        "the request `{0}` waits for its certificate: sign it with `aegis audit keys certify`, then `aegis audit keys rotate --install FILE`, or give it up with `aegis audit keys rotate --cancel`"
    )]
    Pending(PathBuf),
    /// The log is older than what was signed of it, or another one.
    #[error(
        "the log in `{dir}` is not what this kernel signed ({detail}): it was cut, put back to an older copy or written by another; nothing was changed: put the newest copy back, or keep the folder as evidence and begin a new log"
    )]
    RolledBack {
        /// The log.
        dir: PathBuf,
        /// What differs.
        detail: String,
    },
    /// What is kept beside the state is older than the log, or was changed.
    #[error(
        "`{file}` is not what this kernel signed last ({detail}): the state was put back to an older copy, or checkpoints were changed; nothing was signed: put the newest copy of the state's folder back, or keep both as evidence and begin a new log with new keys"
    )]
    StateOlder {
        /// The file.
        file: PathBuf,
        /// What differs.
        detail: String,
    },
    /// What was given to be signed or installed is not what it must be.
    #[error("{0}")]
    Refused(String),
}

impl SigningFault {
    /// Names what failed on which file.
    pub(super) fn io(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}
