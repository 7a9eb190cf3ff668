//! A recorded decision, made again from its record: under the rules of its epoch, and under others.
//! Knows nothing of files, and trusts a record only as far as the log that holds it was verified.
//!
//! What a record does not tell is never guessed. A rule that needs the value of an argument takes its word
//! from the record where its text is the same as then, and is left open where it is not.

mod captured;
mod case;
mod change;
mod confirm;
mod rebuilt;

pub use captured::Captured;
pub use case::{Case, RuleBook};
pub use change::{Change, change};
pub use confirm::{Confirmed, Contradiction, confirm};
