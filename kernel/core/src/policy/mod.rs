//! Rules, the phases in which they speak, and the one decision.
//! Knows nothing of how facts were found or how masks are applied.

mod obligation;
mod permit;

pub use obligation::{ColumnMask, Obligations, Operator};
pub use permit::Permit;
