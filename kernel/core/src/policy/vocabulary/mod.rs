//! All that rules could speak of under some manifests, so that one that speaks of nothing is an error.
//! Knows nothing of decisions.

mod argument;
mod budget;
mod fields;
mod people;
mod reach;
mod when;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_spanned::Spanned;

use super::parse::problem;
use super::people::People;
use super::phase::{Require, SmallGroups, Transform};
use super::{Declared, Detectors, LabelPattern, Rule, ToolPattern};
use crate::capability::{Capability, CapabilityPattern, CapabilitySet};
use crate::inspect::sql::Family;
use crate::manifest::{Access, ArgumentKind, Label, Manifests, System, Tool};

use crate::source::{Problem, did_you_mean};

/// Verbs of masks that come back.
const MASK: [&str; 2] = ["restore", "pass"];

pub(in crate::policy) use fields::among as among_fields;
pub(in crate::policy) use reach::needs;

pub(super) struct Vocabulary {
    /// What some call to some tool could turn out to need.
    reachable: CapabilitySet,
    /// The kernel's own words, whether or not a tool could need them.
    own: CapabilitySet,
    labels: BTreeSet<Label>,
    /// Those that lie on a column declared as a measure.
    measures: BTreeSet<Label>,
    tools: Vec<Arc<Tool>>,
    /// What each of them belongs to, and could need.
    reach: Vec<(Arc<System>, CapabilitySet)>,
    /// Principals that some grant names or that are declared; `*` where a grant names anyone.
    principals: BTreeSet<String>,
    people: People,
    detectors: Detectors,
}

impl Vocabulary {
    pub(super) fn of(
        declared: &[&Declared],
        people: &People,
        manifests: &Manifests,
        detectors: &Detectors,
    ) -> Self {
        let mut own = CapabilitySet::new();
        own.extend(Capability::OF_SQL.map(|verb| Capability::known("db", verb)));
        own.extend(Access::ALL.map(|access| Capability::known("object", access.as_str())));
        own.insert(Capability::known("net", "contact"));
        own.insert(Capability::known("sql", Family::Pragma.as_str()));
        own.extend(MASK.map(|verb| Capability::known("mask", verb)));
        let mut this = Self {
            reachable: CapabilitySet::new(),
            own,
            labels: BTreeSet::new(),
            measures: BTreeSet::new(),
            tools: Vec::new(),
            reach: Vec::new(),
            principals: granted(declared, people),
            people: people.clone(),
            detectors: detectors.clone(),
        };
        for (_, system, tool) in manifests.tools() {
            let needs = needs(system, tool);
            this.reachable.extend(needs.iter().cloned());
            this.tools.push(Arc::clone(tool));
            this.reach.push((Arc::clone(system), needs));
        }
        for system in manifests.systems() {
            let labels = system.labels.values().map(|(label, _)| label.clone());
            this.labels.extend(labels);
            let measures = system.labels.values().filter(|(_, measure)| *measure);
            this.measures
                .extend(measures.map(|(label, _)| label.clone()));
        }
        this
    }

    pub(super) fn check(&self, declared: &Declared, problems: &mut Vec<Problem>) {
        match &declared.rule {
            Rule::Grant(rule) => {
                self.no_lookups(declared, &rule.capabilities, problems);
                self.capabilities(declared, &rule.capabilities, problems);
                self.tools(
                    declared,
                    rule.tools.as_deref().unwrap_or_default(),
                    problems,
                );
                self.who(declared, &rule.who, problems);
                self.resources(declared, rule, problems);
            }
            Rule::Budget(rule) => {
                self.who(declared, &rule.who, problems);
                self.budget(declared, rule, problems);
            }
            Rule::Block(rule) => self.capabilities(declared, &rule.capabilities, problems),
            Rule::Argument(rule) => self.argument(declared, rule, problems),
            Rule::Lookup(rule) => {
                self.who(declared, &rule.who, problems);
                self.lookups(declared, &rule.labels, problems);
            }
            Rule::Measure(rule) => {
                self.who(declared, &rule.who, problems);
                self.measures(declared, &rule.labels, problems);
            }
            Rule::Role(_) | Rule::Principal(_) => {}
            Rule::SmallGroups(rule) => self.small_groups(declared, rule, problems),
            Rule::Require(rule) => self.receipt(declared, rule, problems),
            Rule::Transform(rule) => {
                self.labels(declared, rule, problems);
                self.detect(declared, rule, problems);
                self.analyse(declared, rule, problems);
                self.fields(declared, rule, problems);
            }
        }
        self.when(declared, problems);
    }

    /// Each pattern must be a word of the kernel or of a manifest, and one at least must be reachable.
    fn capabilities(
        &self,
        declared: &Declared,
        patterns: &[Spanned<CapabilityPattern>],
        problems: &mut Vec<Problem>,
    ) {
        let meets = |set: &CapabilitySet, p: &CapabilityPattern| set.iter().any(|c| p.covers(c));
        let mut typos = false;
        for pattern in patterns {
            let p = pattern.get_ref();
            if !meets(&self.reachable, p) && !meets(&self.own, p) {
                typos = true;
                let known = self.reachable.iter().chain(&self.own);
                let fix = did_you_mean(p.as_str(), known.map(Capability::as_str));
                let message = format!("no tool can ever need `{}`", p.as_str());
                problems.push(problem(declared, pattern, message, fix));
            }
        }
        let idle = patterns
            .iter()
            .all(|p| !meets(&self.reachable, p.get_ref()));
        if let (true, false, Some(first)) = (idle, typos, patterns.first()) {
            let message = format!(
                "rule `{}` can never match: no loaded manifest has a tool for it",
                declared.rule.id()
            );
            let fix = "load the manifest that it is meant for, or drop the rule".to_owned();
            problems.push(problem(declared, first, message, fix));
        }
    }

    fn tools(
        &self,
        declared: &Declared,
        patterns: &[Spanned<ToolPattern>],
        problems: &mut Vec<Problem>,
    ) {
        let names: Vec<&str> = self.tools.iter().map(|tool| tool.full_name()).collect();
        for pattern in patterns {
            if !names.iter().any(|name| pattern.get_ref().covers(name)) {
                let given = pattern.get_ref().as_str();
                let message = format!("no tool `{given}`");
                let fix = did_you_mean(given, names.iter().copied());
                problems.push(problem(declared, pattern, message, fix));
            }
        }
    }

    /// Every tool that could need the capability must name its dataset in the argument.
    fn receipt(&self, declared: &Declared, rule: &Require, problems: &mut Vec<Problem>) {
        self.capabilities(declared, &rule.capabilities, problems);
        let of = &rule.receipt.of;
        let meant = |tool: &&Arc<Tool>| tool.capabilities.iter().any(|c| rule.covers(c));
        for tool in self.tools.iter().filter(meant) {
            let datasets: Vec<&str> = tool
                .arguments
                .iter()
                .filter(|a| matches!(a.kind, ArgumentKind::Dataset))
                .map(|a| a.name.as_str())
                .collect();
            if !datasets.contains(&of.get_ref().as_str()) {
                let message = format!(
                    "`{}` has no dataset argument `{}`",
                    tool.full_name(),
                    of.get_ref()
                );
                let fix = did_you_mean(of.get_ref(), datasets);
                problems.push(problem(declared, of, message, fix));
            }
        }
    }

    /// A grant of look-ups alone would grant nothing: they come with a budget.
    fn no_lookups(
        &self,
        declared: &Declared,
        patterns: &[Spanned<CapabilityPattern>],
        problems: &mut Vec<Problem>,
    ) {
        let declares = |word: &str| {
            let mut all = self.tools.iter().flat_map(|tool| &tool.capabilities);
            all.any(|capability| capability.as_str() == word)
        };
        for pattern in patterns {
            let word = pattern.get_ref().as_str();
            let is_lookup = Capability::parse(word)
                .is_some_and(|c| c.swap(Capability::LOOKUP, Capability::FILTER).is_some());
            if is_lookup && !declares(word) {
                let message = format!("a grant of `{word}` grants nothing");
                let fix = "write a `[[lookup]]` rule: it says for which labels, and how often";
                problems.push(problem(declared, pattern, message, fix.to_owned()));
            }
        }
    }

    /// A label to look up by is on some column, and on none as a measure: a number can be guessed.
    fn lookups(
        &self,
        declared: &Declared,
        patterns: &[Spanned<LabelPattern>],
        problems: &mut Vec<Problem>,
    ) {
        let free = || self.labels.difference(&self.measures);
        for pattern in patterns {
            let given = pattern.get_ref();
            if !free().any(|label| given.covers(label)) {
                let measured = self.measures.iter().any(|label| given.covers(label));
                let message = match measured {
                    true => format!(
                        "`{}` is a measure, which nobody looks up by",
                        given.as_str()
                    ),
                    false => format!("no column of any manifest is labelled `{}`", given.as_str()),
                };
                let fix = did_you_mean(given.as_str(), free().map(Label::as_str));
                problems.push(problem(declared, pattern, message, fix));
            }
        }
    }

    /// A pattern that means no measure would let nothing leave, against what it seems to say.
    fn measures(
        &self,
        declared: &Declared,
        patterns: &[Spanned<LabelPattern>],
        problems: &mut Vec<Problem>,
    ) {
        for pattern in patterns {
            if !self.measures.iter().any(|l| pattern.get_ref().covers(l)) {
                let given = pattern.get_ref().as_str();
                let message = format!("no column of any manifest is a measure labelled `{given}`");
                let fix = did_you_mean(given, self.measures.iter().map(Label::as_str));
                problems.push(problem(declared, pattern, message, fix));
            }
        }
    }

    /// The profile is there, and can mask each type that is named.
    fn detect(&self, declared: &Declared, rule: &Transform, problems: &mut Vec<Problem>) {
        let Some(detect) = &rule.detect else { return };
        let name = detect.profile.get_ref();
        if !self.detectors.has(name) {
            let message = format!("no profile `{}`", name.escape_debug());
            let fix = did_you_mean(name, self.detectors.names());
            problems.push(problem(declared, &detect.profile, message, fix));
        }
        let Some(types) = self.detectors.types(name) else {
            return;
        };
        for (kind, _) in &detect.by_type {
            let given = kind.get_ref();
            if !types.contains(given) {
                let message = format!("`{}` is no type that can be found", given.escape_debug());
                let fix = did_you_mean(given, types.iter().map(String::as_str));
                problems.push(problem(declared, kind, message, fix));
            }
        }
    }

    /// Every tool must say where its rows are, and a statement must not name their columns.
    fn small_groups(&self, declared: &Declared, rule: &SmallGroups, problems: &mut Vec<Problem>) {
        self.tools(declared, &rule.tools, problems);
        for pattern in &rule.tools {
            let covered = |tool: &&Arc<Tool>| pattern.get_ref().covers(tool.full_name());
            for tool in self.tools.iter().filter(covered) {
                let (why, fix) = if tool.reads_statements() {
                    let fix = "use `[[measure]]` for sums, or name tools with columns of their own";
                    (
                        "takes statements, which name their columns as they like",
                        fix,
                    )
                } else if tool.result.rows.is_none() {
                    let fix = "add `rows` to its `result` in the manifest";
                    ("does not say where its rows are", fix)
                } else {
                    continue;
                };
                let message = format!("`{}` {why}", tool.full_name());
                problems.push(problem(declared, pattern, message, fix.to_owned()));
            }
        }
    }

    /// What is to be analysed needs somebody who does it.
    fn analyse(&self, declared: &Declared, rule: &Transform, problems: &mut Vec<Problem>) {
        self.tools(declared, &rule.analyse, problems);
        if let Some(first) = rule.analyse.first()
            && self.detectors.analyser().is_none()
        {
            let message = "no analyser is configured".to_owned();
            let fix = "add `[masking.analyser]` with its `url` to aegis.toml".to_owned();
            problems.push(problem(declared, first, message, fix));
        }
    }

    fn labels(&self, declared: &Declared, rule: &Transform, problems: &mut Vec<Problem>) {
        let Some(mask) = &rule.mask else { return };
        let known = || self.labels.iter().map(Label::as_str);
        for pattern in &mask.labels {
            if !self.labels.iter().any(|l| pattern.get_ref().covers(l)) {
                let given = pattern.get_ref().as_str();
                let message = format!("no column of any manifest is labelled `{given}`");
                problems.push(problem(
                    declared,
                    pattern,
                    message,
                    did_you_mean(given, known()),
                ));
            }
        }
        for label in &mask.listed {
            if !self.labels.contains(label.get_ref()) {
                let given = label.get_ref().as_str();
                let message = format!("no column of any manifest is labelled `{given}`");
                problems.push(problem(
                    declared,
                    label,
                    message,
                    did_you_mean(given, known()),
                ));
            }
        }
    }
}

/// The principals that grants name or files declare.
fn granted(declared: &[&Declared], people: &People) -> BTreeSet<String> {
    let grants = declared.iter().filter_map(|one| match &one.rule {
        Rule::Grant(grant) => Some(&grant.who.principals),
        _ => None,
    });
    grants
        .flatten()
        .map(|name| name.get_ref().clone())
        .chain(people.principals().map(str::to_owned))
        .collect()
}
