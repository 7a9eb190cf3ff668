//! Reads one policy file.
//! Knows nothing of manifests; `Policy::new` holds the rules against them.

use std::sync::Arc;

use serde_spanned::Spanned;

use super::phase::{
    ArgumentRule, Block, BudgetRule, Grant, Lookup, Measure, Require, SmallGroups, Transform,
};
use super::{Declared, Rule};
use crate::source::{Problem, Section, Source};

/// Reads a policy file; `file` is its name in problems.
///
/// # Errors
/// Every problem of the file, in its order.
pub fn parse(text: &str, file: &str) -> Result<Vec<Declared>, Vec<Problem>> {
    let name: Arc<str> = Arc::from(file);
    Source::read(file, text, |root| {
        let mut rules = Vec::new();
        for (kind, read) in KINDS {
            for mut section in root.sections(kind) {
                rules.extend(declared(&name, &mut section, read));
            }
        }
        Some(rules)
    })
}

type Read = fn(String, &mut Section<'_>) -> Option<Rule>;

/// The rule kinds by the word that files use.
const KINDS: [(&str, Read); 9] = [
    ("grant", |id, s| Grant::read(id, s).map(Rule::Grant)),
    ("block", |id, s| Block::read(id, s).map(Rule::Block)),
    ("budget", |id, s| BudgetRule::read(id, s).map(Rule::Budget)),
    ("argument", |id, s| {
        ArgumentRule::read(id, s).map(Rule::Argument)
    }),
    ("lookup", |id, s| Lookup::read(id, s).map(Rule::Lookup)),
    ("measure", |id, s| Measure::read(id, s).map(Rule::Measure)),
    ("require", |id, s| Require::read(id, s).map(Rule::Require)),
    ("small_groups", |id, s| {
        SmallGroups::read(id, s).map(Rule::SmallGroups)
    }),
    ("transform", |id, s| {
        Transform::read(id, s).map(Rule::Transform)
    }),
];

fn declared(file: &Arc<str>, section: &mut Section<'_>, read: Read) -> Option<Declared> {
    let json = section.json().clone();
    section.require("id");
    let id = section.parsed("id", ID, rule_id);
    let (name, span) = match id {
        Some(id) => (id.get_ref().clone(), id.span()),
        None => (String::new(), section.span()),
    };
    let rule = read(name, section);
    Some(Declared {
        rule: rule?,
        file: Arc::clone(file),
        span,
        json,
    })
}

const ID: &str = "a rule id of 1 to 64 of `a-z 0-9 . _ -` that does not begin with `kernel.`";

/// `kernel.` is for the kernel's own refusals.
fn rule_id(text: &str) -> Option<String> {
    let fits = !text.is_empty()
        && text.len() <= crate::limits::NAME_BYTES_MAX
        && !text.starts_with("kernel.")
        && text
            .chars()
            .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-'));
    fits.then(|| text.to_owned())
}

/// The rules of all files of a policy, for [`super::Policy::new`].
pub(super) fn problem<T>(
    declared: &Declared,
    at: &Spanned<T>,
    message: String,
    fix: String,
) -> Problem {
    Problem {
        file: declared.file.to_string(),
        span: at.span(),
        message,
        fix,
    }
}
