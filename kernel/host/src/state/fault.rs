//! Why the state store is refused.
//! Knows nothing of calls: an agent is told a constant text, an operator the detail.

use std::path::PathBuf;

use aegis_core::denial::{Denial, Phase};
use thiserror::Error;

/// Why the store cannot be used. Display is for operators.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StateFault {
    /// It was never made.
    #[error("there is no state file at `{}`: a kernel makes it when it starts", .0.display())]
    Absent(PathBuf),
    /// Another kernel has it.
    #[error("`{}` is held by another kernel: give each kernel a state file of its own", .0.display())]
    Held(PathBuf),
    /// A file or folder that others may change or read, or that is no regular file.
    #[error("`{}` {reason}", path.display())]
    Unsafe {
        /// Which.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: &'static str,
    },
    /// Receipts without the key that authenticates them.
    #[error("`{}` is missing, so the receipts beside it prove nothing: restore it, or move the state file away and validate again", .0.display())]
    KeyMissing(PathBuf),
    /// What is stored is not what this kernel wrote.
    #[error(
        "the state file was changed by someone else ({0}): keep it as evidence, move it away and validate again"
    )]
    Tampered(&'static str),
    /// An earlier write ended without a known outcome.
    #[error(
        "an earlier write to the state file failed, so memory and disk may differ: start the kernel again"
    )]
    Poisoned,
    /// The system or the database failed.
    #[error("the state file cannot be used: {0}")]
    Io(String),
}

impl StateFault {
    /// What an agent is told.
    #[must_use]
    pub fn denial(&self) -> Denial {
        match self {
            Self::Tampered(_) => Denial::kernel(
                "kernel.state-tampered",
                Phase::Kernel,
                "the kernel's record of receipts was changed by someone else, so none of it is believed",
                "ask an operator to run `aegis receipts verify`",
            ),
            _ => Denial::kernel(
                "kernel.state-unavailable",
                Phase::Kernel,
                "the kernel's record of receipts cannot be used, so nothing that needs or voids one may happen",
                "ask an operator to look at the kernel's state file",
            ),
        }
    }
}

impl From<rusqlite::Error> for StateFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Io(error.to_string())
    }
}

impl From<std::io::Error> for StateFault {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.to_string())
    }
}
