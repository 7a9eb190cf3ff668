//! Reads a log's folder and says whether it holds: the half of the log that an auditor needs.
//!
//! It writes nothing but its report, trusts no key that lies beside the log, and knows nothing of the kernel:
//! of `aegis-core` it uses the room `audit` alone, so that the binary `aegis-verify` is small enough to be read.

mod arguments;
mod auditor;
mod check;
mod claims;
mod command;
mod feed;
mod files;
mod findings;
mod head;
mod level;
mod lines;
mod meaning;
mod notes;
mod plain;
mod prove;
mod regular;
mod report;
mod report_text;
mod tail;
mod tiles;

pub use arguments::{Arguments, USAGE, read_key};
pub use auditor::{Auditor, verify};
pub use check::{Broken, Check, Scope, check};
pub use claims::{Covered, Equivocation, Found};
pub use command::main;
pub use files::{LogFiles, SegmentFile, segment_name, sync_dir};
pub use head::{Anchor, HEAD};
pub use level::Level;
pub use lines::{Line, Lines};
pub use notes::Kept;
pub use plain::{Paint, plain};
pub use prove::{Proven, check_proof, extension, open, prove, record_of};
pub use regular::{naming, open_regular, read_bounded};
pub use report::{Report, Request};
pub use tail::{Measured, measure};
pub use tiles::tiles_name;

/// The newest signed checkpoint, in the log's folder.
pub const CHECKPOINT: &str = "checkpoint";
/// The history of signed checkpoints, see [`aegis_core::audit::History`].
pub const CHECKPOINTS: &str = "checkpoints.log";
/// The newest checkpoint that witnesses have signed.
pub const COSIGNED: &str = "cosigned";
/// The folder of certificates.
pub const KEYS: &str = "keys";
