//! What leaves: masks by lineage, then detectors, then known secrets, then caps.
//! Knows policy's obligations, never its rules.

mod release;
mod released;
mod sealed;

pub use release::release;
pub use released::Egress;
pub use sealed::{Sealed, seal};
