//! Rules, the phases in which they speak, and the one decision.
//! Knows nothing of how facts were found or how masks are applied.

mod allowance;
mod authority;
mod budget;
mod detectors;
mod engine;
mod group_terms;
mod head;
mod notes;
mod obligation;
mod operator;
mod parse;
mod pattern;
mod per;
mod permit;
pub mod phase;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod policy;
mod question;
mod rule;
mod unknown;
mod vocabulary;
pub mod when;

pub use allowance::Allowance;
pub use authority::Authority;
pub use budget::Budget;
pub use detectors::Detectors;
pub use group_terms::GroupTerms;
pub use head::Head;
pub use obligation::{ColumnMask, Detect, Measured, Obligations};
pub use operator::{Coarse, Operator};
pub use parse::parse;
pub use pattern::{LabelPattern, ToolPattern};
pub use per::Per;
pub use permit::Permit;
pub use policy::Policy;
pub use question::{Question, Terms};
pub use rule::{Declared, Rule};
pub use unknown::{Judgement, Unknown};
