//! `when`: under which circumstances a rule speaks. Conditions are data: closed, finite and bounded.
//! Knows nothing of what a rule then says.

mod condition;
mod fact_pattern;
mod hours;
mod matcher;
mod read;
mod scene;
mod subjects;
mod truth;
mod words;

pub use condition::{Condition, Voice};
pub use fact_pattern::{FACT_WORDS, FactPattern};
pub(in crate::policy) use fact_pattern::{TABLE_FACTS, fact_word, path_word};
pub use hours::Hours;
pub use matcher::{ArgumentTest, Matcher};
pub use subjects::Subjects;
pub(in crate::policy) use subjects::{Spelling, covers};
pub use truth::Truth;

pub(in crate::policy) use scene::Scene;
pub(in crate::policy) use words::list;
