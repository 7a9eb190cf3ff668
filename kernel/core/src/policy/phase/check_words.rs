//! The checks of an argument in words, for tables that people review.
//! Knows nothing of values.

use super::{Check, Comparison, Relation};
use crate::policy::when::list;

impl Check {
    /// The check in words: `at most 10`, `matching [a-z]+`, `in silver|bronze/eu`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Equals(value) => format!("exactly {value}"),
            Self::OneOf(values) => {
                format!("one of {}", list(values.iter().map(ToString::to_string)))
            }
            Self::Min(min) => format!("at least {min}"),
            Self::Max(max) => format!("at most {max}"),
            Self::LengthMin(min) => format!("length at least {min}"),
            Self::LengthMax(max) => format!("length at most {max}"),
            Self::Matches(pattern) => format!("matching {}", bare(pattern.as_str())),
            Self::Prefix(prefixes) => format!("in {}", list(prefixes.iter().cloned())),
            Self::Glob(globs) => {
                let globs = globs.iter().map(|glob| glob.as_str().to_owned());
                format!("like {}", list(globs))
            }
            Self::Type(word) => format!("of type {word}"),
            Self::Versus(comparison) => comparison.words(),
        }
    }

    /// Several checks, all of which must hold.
    pub(in crate::policy) fn all_words<'a>(checks: impl Iterator<Item = &'a Self>) -> String {
        let mut words: Vec<String> = checks.map(Self::words).collect();
        words.sort_unstable();
        words.join(" and ")
    }
}

impl Comparison {
    fn words(&self) -> String {
        let relation = match self.relation {
            Relation::Same => "same as",
            Relation::Differs => "differs from",
            Relation::Less => "less than",
            Relation::AtMost => "at most",
        };
        format!("{relation} argument {}", self.other.as_str())
    }
}

/// A pattern as it was written, without what anchors it.
fn bare(pattern: &str) -> &str {
    let inner = pattern.strip_prefix("^(?:");
    let inner = inner.and_then(|rest| rest.strip_suffix(")$"));
    inner.unwrap_or(pattern)
}
