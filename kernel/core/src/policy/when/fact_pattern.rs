//! Facts that a condition looks for: of one kind, about some subjects.
//! Knows nothing of how facts are found.

use super::{Subjects, Truth};
use crate::inspect::{Fact, Finding};
use crate::manifest::Access;

/// The kinds of facts by the words that conditions use: those of the log, with paths told apart by what is done there.
pub const FACT_WORDS: [&str; 27] = [
    "alters",
    "calls",
    "constrains",
    "contacts",
    "creates",
    "deletes",
    "deletes-path",
    "domain-read",
    "domain-write",
    "drops",
    "filters",
    "inserts",
    "launders",
    "lists-path",
    "looks-up",
    "names",
    "opens",
    "passes-mask",
    "reads",
    "reads-path",
    "restores",
    "truncates",
    "unscoped-delete",
    "unscoped-update",
    "updates",
    "writes",
    "writes-path",
];

/// Those that are about tables.
pub(in crate::policy) const TABLE_FACTS: [&str; 11] = [
    "reads",
    "writes",
    "inserts",
    "updates",
    "deletes",
    "creates",
    "drops",
    "truncates",
    "alters",
    "unscoped-delete",
    "unscoped-update",
];

/// `fact = { writes = "customers" }`: holds when some fact of the kind is about one of the subjects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactPattern {
    /// One of [`FACT_WORDS`].
    pub kind: &'static str,
    /// What it is about.
    pub subjects: Subjects,
}

impl FactPattern {
    /// Whether facts of this word are about paths.
    #[must_use]
    pub fn is_about_paths(word: &str) -> bool {
        word.ends_with("-path")
    }

    /// Whether one of the findings is meant; `hides` says of an argument that what was read out of it is not known.
    pub(in crate::policy) fn judge(
        &self,
        findings: &[Finding],
        hides: impl Fn(&str) -> bool,
    ) -> Truth {
        let mut worth = Truth::No;
        for finding in findings {
            if fact_word(&finding.fact) != self.kind {
                continue;
            }
            let subject = finding.fact.subject();
            let untold = subject.is_empty() && hides(&finding.argument);
            worth = worth.or(match untold && !self.subjects.is_any() {
                true => Truth::Unknown,
                false => Truth::of(self.subjects.covers(subject)),
            });
        }
        worth
    }
}

/// The word of a fact in conditions.
pub(in crate::policy) fn fact_word(fact: &Fact) -> &'static str {
    match fact {
        Fact::Touches { access, .. } => path_word(*access),
        other => other.kind(),
    }
}

/// The word of what is done at a path.
pub(in crate::policy) fn path_word(access: Access) -> &'static str {
    match access {
        Access::List => "lists-path",
        Access::Read => "reads-path",
        Access::Write => "writes-path",
        Access::Delete => "deletes-path",
    }
}
