//! When checkpoints are signed, and with which keys.
//! Knows nothing of configuration files.

use super::SigningKeys;
use crate::journal::Anchoring;

/// When checkpoints are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpointing {
    /// Whether a log without keys is not written at all.
    pub required: bool,
    /// The longest that a record waits for its checkpoint, in milliseconds.
    pub every_ms: u64,
    /// How many records wait for theirs at most.
    pub every_records: u64,
    /// Who is shown them.
    pub anchoring: Anchoring,
}

/// How a log is signed; by default it is not.
#[derive(Clone, Debug, Default)]
pub struct Signing {
    /// The keys.
    pub keys: Option<SigningKeys>,
    /// When.
    pub checkpointing: Checkpointing,
    /// Whether keys are compared with the log and nothing is signed: while they are made and changed.
    pub hold: bool,
}

impl Default for Checkpointing {
    fn default() -> Self {
        Self {
            required: false,
            every_ms: 1_000,
            every_records: 1_000,
            anchoring: Anchoring::default(),
        }
    }
}
