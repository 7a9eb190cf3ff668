//! Anchors: commands that take signed checkpoints out of the operator's reach, and what is refused while none does.
//! Knows nothing of how a checkpoint is signed.

mod command;
mod options;
mod runner;
mod seen;
mod store;

pub use options::{AnchorOptions, Anchoring};
pub(super) use runner::{Anchors, Recorder, Shown};
pub(super) use seen::Seen;
pub(super) use store::Store;
