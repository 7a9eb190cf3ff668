//! What leaves: masks by lineage, then detectors, then known secrets, then caps.
//! Knows policy's obligations, never its rules. Knows nothing of principals.

mod columns;
mod masks;
mod release;
mod released;
mod sealed;
mod shape;
mod stub;
pub use stub::{Finding, Profile, Scan, Secrets, mask_json, mask_value};

pub use masks::Masks;
pub use release::release;
pub use released::Egress;
pub use sealed::{Sealed, seal};
