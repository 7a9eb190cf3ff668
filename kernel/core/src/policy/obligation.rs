//! What a permit demands of the answer.
//! Knows nothing of how it is fulfilled.

use std::collections::BTreeMap;

use super::{Fields, GroupTerms, Operator};
use crate::manifest::Label;

/// The mask of one output column, by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMask {
    /// Which output column.
    pub index: usize,
    /// The label that demands it (the first one, where there are several).
    pub label: Label,
    /// What is done. Computed columns only ever get `redact`, `drop` or `withhold`.
    pub operator: Operator,
    /// The output column that says whose the row is, where dates move by subject.
    pub subject: Option<usize>,
    /// The transform rule that demands it.
    pub rule: String,
}

/// Under which conditions sums and averages of labelled measures leave: the engine's wall counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Fewest different rows behind each sum.
    pub rows_min: u64,
    /// The greatest share of one row in a sum, in percent of the sum of all magnitudes.
    pub share_max: u64,
    /// The measures that may be summed, as `table.column`.
    pub columns: std::collections::BTreeSet<String>,
    /// Their labels: an output that carries others is masked as ever.
    pub labels: std::collections::BTreeSet<Label>,
}

/// All that must happen to an answer before it leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Obligations {
    /// Masks by lineage.
    pub columns: Vec<ColumnMask>,
    /// How each label present in the system is masked: what the engine's wall is told, as
    /// (`table.column`, label, operator).
    pub sources: Vec<(String, Label, Operator)>,
    /// What the detectors look for in everything else; all of them together, the strictest mask of each
    /// type.
    pub detect: Vec<Detect>,
    /// Whether an external analyser must see the answer before it leaves.
    pub analysed: bool,
    /// Fields that do not leave, or leave under another name.
    pub fields: Fields,
    /// On which terms its rows, which are groups, leave.
    pub small_groups: Vec<GroupTerms>,
    /// Most rows that a query may give: its own text says so.
    pub limit: Option<u64>,
    /// Most rows that may leave.
    pub row_max: Option<u64>,
    /// Most bytes that may leave.
    pub byte_max: Option<u64>,
    /// Most rows that one write may change.
    pub change_max: Option<u64>,
    /// Whether it may be said how many rows a write would have changed that was one too large: no labelled data
    /// decides which these are, and a wall counted them.
    pub changes_told: bool,
    /// Sums of measures that may leave, if any may.
    pub measured: Option<Measured>,
    /// Labels by which the engine's wall is to look rows up.
    pub lookups: std::collections::BTreeSet<Label>,
}

/// What one rule has the detectors look for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Detect {
    /// The profile.
    pub profile: String,
    /// How these types are masked in place of what the profile says; `None` is not at all.
    pub by_type: BTreeMap<String, Option<Operator>>,
}

impl Detect {
    /// What is looked for where nothing else is said.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            profile: "standard".to_owned(),
            by_type: BTreeMap::new(),
        }
    }
}

impl Obligations {
    /// Whether detectors and caps are all that is owed: what can be had for any text, rows or none.
    #[must_use]
    pub fn are_of_words(&self) -> bool {
        let Self {
            columns,
            sources,
            detect: _,
            analysed,
            fields,
            small_groups,
            limit: _,
            row_max: _,
            byte_max: _,
            change_max: _,
            changes_told: _,
            measured,
            lookups,
        } = self;
        columns.is_empty()
            && sources.is_empty()
            && fields.is_empty()
            && small_groups.is_empty()
            && lookups.is_empty()
            && measured.is_none()
            && !analysed
    }

    /// The profiles of the detectors by name, as the log records them; `None` where nothing is looked for.
    #[must_use]
    pub fn profiles(&self) -> Option<String> {
        let names: Vec<&str> = self.detect.iter().map(|d| d.profile.as_str()).collect();
        (!names.is_empty()).then(|| names.join("+"))
    }
}
