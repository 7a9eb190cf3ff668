//! The rule kinds, one a file; each file's type is its manual page.
//! Knows nothing of each other.

pub(in crate::policy) mod argument;
pub(in crate::policy) mod block;
pub(in crate::policy) mod budget;
mod check;
mod check_words;
pub(in crate::policy) mod compare;
mod detect;
mod fields;
mod glob;
pub(in crate::policy) mod grant;
mod limit;
pub(in crate::policy) mod lookup;
pub(in crate::policy) mod measure;
pub(in crate::policy) mod require;
mod said;
pub(in crate::policy) mod small_groups;
pub(in crate::policy) mod transform;

pub use argument::{ArgumentRule, Presence};
pub use block::Block;
pub use budget::BudgetRule;
pub(in crate::policy) use budget::texts as value_texts;
pub use check::Check;
pub use compare::{Comparison, Relation};
pub use detect::DetectRule;
pub use fields::FieldRule;
pub use glob::Glob;
pub use grant::Grant;
pub use lookup::Lookup;
pub use measure::Measure;
pub use require::{Flawed, ReceiptRule, Require, Scope};
pub(in crate::policy) use said::{Lengths, Said};
pub use small_groups::SmallGroups;
pub use transform::{Caps, Mask, Transform};
