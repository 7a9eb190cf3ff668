//! Interceptors: opaque arguments become facts.
//! Knows nothing of policies or principals.

mod examined;
mod fact;
mod output;
mod reach;
pub mod sql;

pub use examined::Examined;
pub(crate) use examined::ExaminedParts;
pub use fact::{Fact, Finding};
pub use output::Output;
pub use reach::Reach;
