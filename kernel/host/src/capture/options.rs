//! Whether and where values are captured, and who may read them.
//! Knows nothing of configuration files.

use std::path::PathBuf;

use super::CapturePublic;

/// What a kernel captures with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capturing {
    /// The operator's public key.
    pub key: CapturePublic,
    /// The folder.
    pub dir: PathBuf,
}
