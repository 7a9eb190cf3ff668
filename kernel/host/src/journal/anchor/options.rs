//! Who is shown checkpoints, and how long may pass without anyone having taken one.
//! Knows nothing of configuration files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aegis_core::audit::VerifierKey;

/// The anchors of one log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchoring {
    /// Each of them.
    pub anchors: Vec<AnchorOptions>,
    /// The longest that a record may wait for an anchor, in milliseconds, before calls are refused.
    pub within_ms: Option<u64>,
}

/// One anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorOptions {
    /// Its name in records and in the folder of receipts.
    pub name: String,
    /// Program and arguments; no shell reads them. It gets the note on standard input; what it prints is its receipt.
    pub command: Vec<String>,
    /// Its variables, beside `PATH` and `HOME`.
    pub env: BTreeMap<String, String>,
    /// Where it runs.
    pub dir: PathBuf,
    /// How long it may take, in milliseconds.
    pub timeout_ms: u64,
    /// The shortest time between two checkpoints that it is shown, in milliseconds.
    pub every_ms: u64,
    /// The witness whose cosignature it must print.
    pub witness: Option<VerifierKey>,
}
