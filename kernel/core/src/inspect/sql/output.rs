//! One column of a result and everything that it was computed from.
//! Knows nothing of masks.

use std::collections::BTreeSet;

use super::ColumnRef;
use crate::manifest::Label;

/// How the sources reach an output column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// From no column at all.
    Constant,
    /// By value: the output is, or is computed from, what the sources hold.
    Value,
    /// By control alone: the sources only chose which value stands there (`CASE`, `EXISTS`, `IN`).
    Control,
    /// The output is one aggregate call; its folded name.
    Aggregate(String),
}

/// One output column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The name that the result carries.
    pub name: String,
    /// Every base column that it depends on, whatever the way.
    pub sources: BTreeSet<ColumnRef>,
    /// The labels that the output carries. A bare column under `count`, or a measure under an
    /// outermost `sum` or `avg`, contributes none.
    pub labels: BTreeSet<Label>,
    /// The labels of measures that reach the output only through an outermost `sum` or `avg`: the
    /// k-rows rule applies to these.
    pub aggregated: BTreeSet<Label>,
    /// The column, if the output is that column untouched; a partial mask is meaningful only here.
    pub bare: Option<ColumnRef>,
    /// How the sources reach it.
    pub flow: Flow,
}
