//! What a check found.
//! Knows nothing of how.

use aegis_core::audit::{Torn, Verifier, Violation};

use super::claims::Found;

/// Something that does not hold, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What.
    pub violation: Violation,
    /// In which file.
    pub file: String,
    /// At which byte.
    pub offset: u64,
}

/// What a check found.
#[derive(Debug)]
pub struct Check {
    /// Files read.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// The state after the last record that holds.
    pub verifier: Verifier,
    /// The first thing that does not hold.
    pub broken: Option<Broken>,
    /// Torn tails that no record declares yet.
    pub torn: Vec<Torn<'static>>,
    /// Torn tails that a `recovery` record declares.
    pub torn_declared: u64,
    /// The file of the last record that holds, and its bytes up to there.
    pub good: (String, u64),
    /// The newest record that a head or a receipt vouches for.
    pub anchored: Option<u64>,
    /// What signed checkpoints say.
    pub found: Found,
    /// The first record that was read: those before it were pruned, or were verified earlier.
    pub first: u64,
    /// Whether the records before the first were pruned by a record that says so.
    pub pruned: bool,
    /// Leaves that tiles hold beside the records that were read.
    pub tiles: u64,
    /// Files whose tiles are missing, or not as many as their records.
    pub tiles_behind: u64,
}
