//! Rules, the phases in which they speak, and the one decision.
//! Knows nothing of how facts were found or how masks are applied.

mod allowance;
mod argument_path;
mod authority;
mod budget;
mod detectors;
mod elders;
mod engine;
mod field;
mod fields;
mod group_terms;
mod head;
mod index;
pub mod matrix;
mod mode;
mod mutate;
mod notes;
mod obligation;
mod of_kind;
mod operator;
mod parse;
mod pattern;
pub mod people;
mod per;
mod permit;
pub mod phase;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod policy;
pub mod prove;
mod question;
mod redundant;
mod resource;
mod rule;
mod severity;
mod shadow;
mod statement;
mod unknown;
mod vocabulary;
pub mod when;

pub use allowance::Allowance;
pub use argument_path::ArgumentPath;
pub use authority::Authority;
pub use budget::Budget;
pub use detectors::Detectors;
pub use field::Field;
pub(crate) use field::fold as fold_name;
pub use fields::{Fields, Renamed};
pub use group_terms::GroupTerms;
pub use head::Head;
pub use mode::Mode;
pub use mutate::{Mutant, Mutants, Variation};
pub use obligation::{ColumnMask, Detect, Measured, Obligations};
pub use operator::{Coarse, Operator};
pub use parse::{parse, schema};
pub use pattern::{LabelPattern, ToolPattern};
pub use per::Per;
pub use permit::Permit;
pub use policy::Policy;
pub use question::{Question, Terms};
pub use redundant::redundant;
pub use resource::Resource;
pub use rule::{Declared, Rule};
pub use severity::Severity;
pub use shadow::Shadow;
pub use statement::Statement;
pub use unknown::{Judgement, Unknown};
