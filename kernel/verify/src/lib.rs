//! Reads a log's folder and says whether it holds: the half of the log that an auditor needs.
//!
//! It writes nothing but its report, trusts no key that lies beside the log, and knows nothing of the kernel:
//! of `aegis-core` it uses the room `audit` alone, so that the binary `aegis-verify` is small enough to be read.

mod check;
mod files;
mod head;
mod lines;
mod tail;

pub use check::{Broken, Check, Scope, check};
pub use files::{LogFiles, SegmentFile, segment_name, sync_dir};
pub use head::{Anchor, HEAD};
pub use lines::{Line, Lines};
pub use tail::{Measured, measure};
