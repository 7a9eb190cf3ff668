//! Rules that change nothing, since others say the same of every call that they speak of.
//! Knows nothing of calls: what is found here is certain from the rules alone, and what is not certain is not found.

mod implied;
mod rules;
mod shelf;

use std::collections::BTreeSet;
use std::ops::Range;

use self::shelf::Shelf;
use super::phase::Transform;
use super::{Declared, Mode, Rule};
use crate::limits;
use crate::manifest::{Label, Manifests};
use crate::source::Problem;

/// The rules without which every call would be decided alike and every answer would owe the same, however many of them
/// are taken away: identical ones, ones that another covers, grants that a block always takes back, transforms that
/// others outdo. Only blocks, grants, argument rules and transforms are looked at; what costs or counts is never the
/// same twice; of very many that could cover a rule, some are looked at. A rule in shadow mode is a trial, and neither is redundant nor makes another so.
#[must_use]
pub fn redundant(declared: &[Declared], manifests: &Manifests) -> Vec<Problem> {
    let labels: BTreeSet<Label> = manifests
        .systems()
        .flat_map(|system| system.labels.values().map(|(label, _)| label.clone()))
        .chain([Label::unknown_personal()])
        .collect();
    let counts = |one: &&Declared| one.rule.head().mode == Mode::Enforce;
    let mut rules: Vec<&Declared> = declared.iter().filter(counts).collect();
    rules.sort_by(|a, b| (a.rule.id(), &a.file).cmp(&(b.rule.id(), &b.file)));
    let shelf = Shelf::of(&rules);
    let mut gone = BTreeSet::new();
    let mut problems = Vec::new();
    // From the last: of two that say the same, the one that comes first by its id stays.
    for (at, one) in rules.iter().enumerate().rev() {
        let others = shelf.could_cover(&one.rule);
        let others = others.filter(|other| *other != at && !gone.contains(other));
        let others: Vec<&Declared> = others
            .take(limits::REDUNDANT_LOOKS_MAX)
            .filter_map(|other| rules.get(other).copied())
            .collect();
        if let Some(found) = covered(one, others.iter().copied(), &labels) {
            problems.push(problem(one, &found));
            gone.insert(at);
        }
    }
    problems.sort_by(|a, b| (&a.file, a.span.start).cmp(&(&b.file, b.span.start)));
    problems
}

/// Which rules cover it, and how that is said.
struct Covered<'a> {
    by: Vec<&'a Declared>,
    how: &'static str,
}

fn covered<'a>(
    one: &'a Declared,
    others: impl Iterator<Item = &'a Declared> + Clone,
    labels: &BTreeSet<Label>,
) -> Option<Covered<'a>> {
    let by = |other: &'a Declared, how| Covered {
        by: vec![other],
        how,
    };
    let mut each = others.clone();
    match &one.rule {
        Rule::Block(rule) => each.find_map(|other| match &other.rule {
            Rule::Block(wider) if rules::block(rule, wider) => {
                Some(by(other, "forbids all that it forbids"))
            }
            _ => None,
        }),
        Rule::Grant(rule) => each.find_map(|other| match &other.rule {
            Rule::Block(block) if rules::taken(rule, block) => {
                Some(by(other, "always forbids all that it grants"))
            }
            Rule::Grant(wider) if rules::grant(rule, wider) => {
                Some(by(other, "grants all that it grants"))
            }
            _ => None,
        }),
        Rule::Argument(rule) => each.find_map(|other| match &other.rule {
            Rule::Argument(wider) if rules::argument(rule, wider) => {
                Some(by(other, "objects to all that it objects to"))
            }
            _ => None,
        }),
        Rule::Transform(rule) => outdone(rule, others, labels),
        Rule::Budget(_)
        | Rule::Lookup(_)
        | Rule::Measure(_)
        | Rule::Require(_)
        | Rule::SmallGroups(_)
        | Rule::Role(_)
        | Rule::Principal(_) => None,
    }
}

/// As few others as it takes: one, where one is enough.
fn outdone<'a>(
    rule: &Transform,
    others: impl Iterator<Item = &'a Declared> + Clone,
    labels: &BTreeSet<Label>,
) -> Option<Covered<'a>> {
    let how = "already demands as much of every answer that it speaks of";
    let transforms = || {
        others.clone().filter_map(|other| match &other.rule {
            Rule::Transform(wider) => Some((other, wider)),
            _ => None,
        })
    };
    let mut alone = transforms().filter(|(_, wider)| rules::transform(rule, &[wider], labels));
    if let Some((other, _)) = alone.next() {
        return Some(Covered {
            by: vec![other],
            how,
        });
    }
    let mut needed: Vec<(&Declared, &Transform)> = transforms().collect();
    let enough = |list: &[(&Declared, &Transform)]| {
        let wider: Vec<&Transform> = list.iter().map(|(_, wider)| *wider).collect();
        rules::transform(rule, &wider, labels)
    };
    if !enough(&needed) {
        return None;
    }
    for at in (0..needed.len()).rev() {
        let mut fewer = needed.clone();
        fewer.remove(at);
        if enough(&fewer) {
            needed = fewer;
        }
    }
    Some(Covered {
        by: needed.into_iter().map(|(other, _)| other).collect(),
        how,
    })
}

fn problem(one: &Declared, found: &Covered<'_>) -> Problem {
    let name = |other: &&Declared| format!("`{}` ({}:{})", other.rule.id(), other.file, other.line);
    let names: Vec<String> = found.by.iter().map(name).collect();
    let span: Range<usize> = one.span.clone();
    Problem {
        file: one.file.to_string(),
        span,
        message: format!(
            "rule `{}` changes nothing: {} {}",
            one.rule.id(),
            names.join(" with "),
            found.how
        ),
        fix: "drop it, or make it say what it is for; a trial of it takes `mode = \"shadow\"`"
            .to_owned(),
    }
}
