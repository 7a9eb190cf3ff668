//! Why a log cannot be opened.
//! Knows nothing of how it is repaired; it says who must look where.

use std::io;
use std::path::PathBuf;

use aegis_core::audit::Class;
use thiserror::Error;

/// Why the kernel does not start on this log. Nothing was changed on disk.
#[derive(Debug, Error)]
pub enum JournalFault {
    /// Another kernel holds it.
    #[error(
        "another kernel writes the log in `{0}`: stop it, or give this one a folder of its own"
    )]
    Locked(PathBuf),
    /// Kernels use the keys that are to be destroyed, or keys are being destroyed that a kernel would use.
    #[error(
        "the keys in `{0}` are in use: stop every kernel that shares them before one is destroyed"
    )]
    KeysInUse(PathBuf),
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
    /// The log does not hold.
    #[error(
        "the log does not hold: {class} at {file}:{offset}: {detail}; nothing was changed: run `aegis audit verify`, keep the folder as evidence, and begin a new one"
    )]
    Broken {
        /// The class of what is wrong.
        class: Class,
        /// The file.
        file: String,
        /// The byte at which the record begins.
        offset: u64,
        /// In words.
        detail: String,
    },
    /// The log ends before a record that is known to have been there.
    #[error(
        "the log in `{dir}` is shorter than `{head}` says ({detail}): it was cut, rolled back or removed; if it was archived on purpose, move that file away too"
    )]
    Shortened {
        /// The log.
        dir: PathBuf,
        /// The file that remembers more.
        head: PathBuf,
        /// What is missing.
        detail: String,
    },
    /// Checkpoints cannot be signed, or what was signed is not what is there.
    #[error(transparent)]
    Signing(#[from] super::SigningFault),
    /// The system gives no randomness.
    #[error("the system gives no randomness, and no id or key can be made")]
    Random,
    /// The commitment key is not fit for use.
    #[error("the commitment key `{path}` {problem}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl JournalFault {
    /// Names what failed on which file.
    pub(super) fn io(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}
