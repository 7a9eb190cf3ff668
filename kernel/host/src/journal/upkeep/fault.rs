//! Why upkeep is not done.
//! Knows nothing of what is done.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::journal::JournalFault;

/// Why upkeep was refused, or stopped on its way.
#[derive(Debug, Error)]
pub enum UpkeepFault {
    /// The log cannot be opened.
    #[error("{0}")]
    Journal(#[from] JournalFault),
    /// What was asked for is not done, and nothing was changed.
    #[error("{0}")]
    Refused(String),
    /// The log takes no records any more.
    #[error("the log cannot be written: look at its disk, then ask again")]
    Unrecorded,
    /// A step failed. What came before it stands.
    #[error("cannot {what} `{path}`: {source}; ask again to finish it")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl UpkeepFault {
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}
