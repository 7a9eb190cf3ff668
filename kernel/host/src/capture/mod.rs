//! Captures: the values that decisions were made on, kept for replay, readable with a key that the kernel has not.
//! Knows nothing of rules, nor of when a call may go on without one.
//!
//! A folder of files, one a day under the name of the key of salts that the day's calls derive theirs from:
//! `PERIOD/SCOPE.ID/DAY`. One line a call: its id, the id of the operator's key, what was sealed.

mod erase;
mod files;
mod keeper;
mod key;
mod options;
mod public;
mod sealed;
mod shelf;

pub(crate) use erase::{forget_calls, forget_key};
pub(crate) use keeper::Keeper;
pub use key::{CaptureKey, CaptureKeyFault};
pub use options::Capturing;
pub use public::CapturePublic;
pub(crate) use sealed::{Bound, open};
pub(crate) use shelf::Shelf;

/// The folder of captures in the folder of a log, unless the configuration names another one.
pub const CAPTURES: &str = "captures";
