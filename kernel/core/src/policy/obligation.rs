//! What a permit demands of the answer.
//! Knows nothing of how it is fulfilled.

use std::fmt;

use crate::manifest::Label;

/// How one labelled value is made unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// A constant that names the type.
    Redact,
    /// The last four characters stay. Bare columns only; anything computed is redacted.
    KeepLast4,
    /// The same token for the same value within a session.
    Token,
    /// A keyed hash.
    Hash,
    /// The column disappears.
    Drop,
    /// The whole result is withheld.
    Withhold,
}

impl Operator {
    /// The word that policies use; `None` for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "redact" => Self::Redact,
            "keep-last-4" => Self::KeepLast4,
            "token" => Self::Token,
            "hash" => Self::Hash,
            "drop" => Self::Drop,
            "withhold" => Self::Withhold,
            _ => return None,
        })
    }

    /// How little is left of the value: where several rules speak of one column, the greatest wins.
    #[must_use]
    pub fn strictness(self) -> u8 {
        match self {
            Self::KeepLast4 => 0,
            Self::Token => 1,
            Self::Hash => 2,
            Self::Redact => 3,
            Self::Drop => 4,
            Self::Withhold => 5,
        }
    }

    /// What it is where the value is computed from the column: a part of something computed could be
    /// any part of the original.
    #[must_use]
    pub fn on_computed(self) -> Self {
        match self {
            Self::Drop | Self::Withhold => self,
            Self::Redact | Self::KeepLast4 | Self::Token | Self::Hash => Self::Redact,
        }
    }

    /// The word that policies use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Redact => "redact",
            Self::KeepLast4 => "keep-last-4",
            Self::Token => "token",
            Self::Hash => "hash",
            Self::Drop => "drop",
            Self::Withhold => "withhold",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The mask of one output column, by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMask {
    /// Which output column.
    pub index: usize,
    /// The label that demands it (the first one, where there are several).
    pub label: Label,
    /// What is done. Computed columns only ever get `redact`, `drop` or `withhold`.
    pub operator: Operator,
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
    /// Whether the detectors run over everything else, and on which profile.
    pub detect: Option<String>,
    /// Most rows that may leave.
    pub row_max: Option<u64>,
    /// Most bytes that may leave.
    pub byte_max: Option<u64>,
    /// Most rows that one write may change.
    pub change_max: Option<u64>,
    /// Sums of measures that may leave, if any may.
    pub measured: Option<Measured>,
}
