//! The outermost reach of a statement: what the engine's own wall is told to allow.
//! Knows nothing of labels or masks.

use std::collections::BTreeSet;

use super::Sought;

/// Tables and definition verbs that a statement needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Tables and views read.
    pub reads: BTreeSet<String>,
    /// Their columns that are named or implied anywhere, as `table.column`.
    pub columns: BTreeSet<String>,
    /// Tables written.
    pub writes: BTreeSet<String>,
    /// `create`, `alter`, `drop`, `truncate`.
    pub ddl: BTreeSet<&'static str>,
    /// Pragmas that describe tables.
    pub pragmas: BTreeSet<String>,
    /// The value by which rows are looked up: the wall is told where a rule permits that.
    pub sought: Option<Sought>,
    /// Whether it is a write that is refused where one given value is there: the engine has nothing to confirm of that.
    pub guesses: bool,
    /// Labelled columns, `table.column`, whose values a write copies together with their labels.
    pub copied: BTreeSet<String>,
    /// Tables of which something gets another name, with every label of what does.
    pub renamed: BTreeSet<String>,
}
