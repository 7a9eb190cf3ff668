//! One column of a result and the labels of the data that it is computed from.
//! Knows nothing of masks.

use std::collections::BTreeSet;

use crate::manifest::Label;

/// One output column, by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its name in the result.
    pub name: String,
    /// The base columns behind it, as `table.column`.
    pub sources: BTreeSet<String>,
    /// The labels that it carries; an aggregate that is declared harmless carries none.
    pub labels: BTreeSet<Label>,
    /// Those of its labels that reach it only through an outermost `sum` or `avg` of a bare measure: where
    /// the engine counts the rows behind each sum, a rule may let them leave.
    pub summed: BTreeSet<Label>,
    /// Whether it is an untouched base column, so that a partial mask is meaningful.
    pub bare: bool,
}
