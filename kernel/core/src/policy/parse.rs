//! Reads one policy file.
//! Knows nothing of manifests; `Policy::new` holds the rules against them.

use std::sync::Arc;

use serde_spanned::Spanned;

use super::people::Member;
use super::people::ROLE;
use super::people::Role;
use super::phase::grant;
use super::phase::{
    ArgumentRule, Block, BudgetRule, Grant, Lookup, Measure, Require, SmallGroups, Transform,
};
use super::when::Voice;
use super::{Declared, Head, Rule};
use crate::json::Json;
use crate::source::{Problem, Section, Source};

/// Reads a policy file; `file` is its name in problems.
///
/// # Errors
/// Every problem of the file, in its order.
pub fn parse(text: &str, file: &str) -> Result<Vec<Declared>, Vec<Problem>> {
    let name: Arc<str> = Arc::from(file);
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let line = |at: usize| ends.partition_point(|end| *end < at).saturating_add(1);
    let mut rules = Source::read(file, text, |root| rules(root, &name))?;
    for rule in &mut rules {
        rule.line = line(rule.span.start);
    }
    Ok(rules)
}

/// The JSON Schema of policy files, from what is asked of them here.
#[must_use]
pub fn schema() -> Json {
    let name = Arc::from("example");
    let example = include_str!("example.toml");
    Source::schema("policy", example, |root| rules(root, &name))
}

fn rules(root: &mut Section<'_>, name: &Arc<str>) -> Option<Vec<Declared>> {
    let mut rules = Vec::new();
    for (kind, voice, read) in KINDS {
        for mut section in root.sections(kind) {
            rules.extend(declared(name, &mut section, (voice, read)));
        }
    }
    for mut section in root.sections("role") {
        rules.extend(named(
            name,
            &mut section,
            ROLE,
            Role::parse_name,
            |head, s| Rule::Role(Role::read(head, s)),
        ));
    }
    for mut section in root.sections("principal") {
        rules.extend(named(
            name,
            &mut section,
            PRINCIPAL,
            grant::one,
            |head, s| Rule::Principal(Member::read(head, s)),
        ));
    }
    Some(rules)
}

type Read = fn(Head, &mut Section<'_>) -> Option<Rule>;

/// The rule kinds by the word that files use.
const KINDS: [(&str, Voice, Read); 9] = [
    ("grant", Voice::Grants, |head, s| {
        Grant::read(head, s).map(Rule::Grant)
    }),
    ("block", Voice::Objects, |head, s| {
        Block::read(head, s).map(Rule::Block)
    }),
    ("budget", Voice::Objects, |head, s| {
        BudgetRule::read(head, s).map(Rule::Budget)
    }),
    ("argument", Voice::Objects, |head, s| {
        ArgumentRule::read(head, s).map(Rule::Argument)
    }),
    ("lookup", Voice::Sells, |head, s| {
        Lookup::read(head, s).map(Rule::Lookup)
    }),
    ("measure", Voice::Sells, |head, s| {
        Measure::read(head, s).map(Rule::Measure)
    }),
    ("require", Voice::Objects, |head, s| {
        Require::read(head, s).map(Rule::Require)
    }),
    ("small_groups", Voice::Objects, |head, s| {
        SmallGroups::read(head, s).map(Rule::SmallGroups)
    }),
    ("transform", Voice::Objects, |head, s| {
        Transform::read(head, s).map(Rule::Transform)
    }),
];

fn declared(
    file: &Arc<str>,
    section: &mut Section<'_>,
    (voice, read): (Voice, Read),
) -> Option<Declared> {
    let json = section.json().clone();
    section.require("id");
    let id = section.parsed("id", ID, rule_id);
    let (name, span) = match id {
        Some(id) => (id.get_ref().clone(), id.span()),
        None => (String::new(), section.span()),
    };
    let head = Head::read(name, section, voice);
    let rule = read(head, section);
    Some(Declared {
        rule: rule?,
        file: Arc::clone(file),
        span,
        line: 0,
        json,
    })
}

const PRINCIPAL: &str = "a principal of 1 to 64 of `A-Z a-z 0-9 . _ @ -`";

/// A declaration of somebody by name.
fn named(
    file: &Arc<str>,
    section: &mut Section<'_>,
    form: &str,
    read_name: fn(&str) -> Option<String>,
    read: fn(Head, &mut Section<'_>) -> Rule,
) -> Option<Declared> {
    let json = section.json().clone();
    section.require("name");
    let name = section.parsed("name", form, read_name);
    let head = Head::named(name.as_ref().map_or(String::new(), |n| n.get_ref().clone()));
    let rule = read(head, section);
    Some(Declared {
        rule,
        file: Arc::clone(file),
        span: name?.span(),
        line: 0,
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

/// What is wrong with a rule at one of its values.
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
