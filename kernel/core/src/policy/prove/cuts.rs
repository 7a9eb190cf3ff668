//! Everything that the rules of a policy, and a question, look at: along these lines the space of calls is cut.
//! Knows nothing of decisions. Each kind of rule and each matcher is named here, so that a new one does not compile
//! before somebody has said what it looks at.

use std::collections::BTreeSet;

use super::texts::Lexicon;
use crate::manifest::Tool;
use crate::policy::phase::{ArgumentRule, Check};
use crate::policy::when::{Condition, Hours, Matcher, Subjects};
use crate::policy::{Mode, Policy, Resource, Rule};

/// What is looked at.
#[derive(Clone, Debug)]
pub(super) struct Cuts<'a> {
    /// Where classes of texts are found.
    pub(super) lexicon: &'a Lexicon,
    /// Principals by name.
    pub(super) principals: BTreeSet<&'a str>,
    pub(super) hours: Vec<Hours>,
    /// Subjects of facts, by the word of the fact.
    pub(super) subjects: Vec<(&'static str, &'a Subjects)>,
    pub(super) resources: Vec<&'a Resource>,
    /// Greatest ages of receipts that rules accept.
    pub(super) ages: BTreeSet<u64>,
    rules: Vec<&'a ArgumentRule>,
    tests: Vec<&'a crate::policy::when::ArgumentTest>,
}

/// What is looked at in one argument of one tool.
#[derive(Clone, Debug, Default)]
pub(super) struct ArgumentCuts<'a> {
    /// Whether anything looks at it.
    pub(super) looked_at: bool,
    /// Checks of its whole value.
    pub(super) checks: Vec<&'a Check>,
    /// Whether something looks inside it, or holds it against another one.
    pub(super) opaque: bool,
}

impl<'a> Cuts<'a> {
    /// Everything that these policies look at, and this question.
    pub(super) fn of(
        policies: &[&'a Policy],
        asked: Option<&'a Condition>,
        lexicon: &'a Lexicon,
    ) -> Self {
        let mut cuts = Self {
            lexicon,
            principals: BTreeSet::new(),
            hours: Vec::new(),
            subjects: Vec::new(),
            resources: Vec::new(),
            ages: BTreeSet::new(),
            rules: Vec::new(),
            tests: Vec::new(),
        };
        for rule in policies.iter().flat_map(|policy| policy.rules()) {
            if rule.head().mode == Mode::Enforce {
                cuts.rule(rule);
            }
        }
        cuts.condition(asked);
        cuts
    }

    fn rule(&mut self, rule: &'a Rule) {
        let who = match rule {
            Rule::Grant(grant) => {
                let resources = grant.resources.iter().flatten();
                self.resources.extend(resources.map(|one| one.get_ref()));
                Some(&grant.who)
            }
            // Different values are only ever counted up: a call with one value, and a budget that is left, is the most
            // that such a rule permits.
            Rule::Budget(budget) => Some(&budget.who),
            Rule::Lookup(lookup) => Some(&lookup.who),
            Rule::Measure(measure) => Some(&measure.who),
            Rule::Argument(argument) => {
                self.rules.push(argument);
                None
            }
            Rule::Require(require) => {
                self.ages.insert(require.receipt.fresh_s);
                None
            }
            // Capabilities, labels and tools are enumerated whole.
            Rule::Block(_) | Rule::SmallGroups(_) | Rule::Transform(_) => None,
            Rule::Role(_) | Rule::Principal(_) => None,
        };
        let names = who.into_iter().flat_map(|who| &who.principals);
        let names = names.map(|name| name.get_ref().as_str());
        self.principals.extend(names.filter(|name| *name != "*"));
        self.condition(rule.head().when.as_ref());
    }

    fn condition(&mut self, condition: Option<&'a Condition>) {
        for matcher in condition.into_iter().flat_map(Condition::matchers) {
            match matcher.get_ref() {
                Matcher::Principal(names) => {
                    let names = names.iter().map(|name| name.get_ref().as_str());
                    self.principals.extend(names);
                }
                Matcher::Fact(pattern) => self.subjects.push((pattern.kind, &pattern.subjects)),
                Matcher::Argument(test) => self.tests.push(test),
                Matcher::Time(hours) => self.hours.push(*hours),
                // Whoever has a role or attribute is declared, and every declared principal is asked for.
                Matcher::Role(_) | Matcher::Attribute(..) => {}
                // These are enumerated whole.
                Matcher::Tool(_) | Matcher::Capability(_) | Matcher::Label(_) => {}
            }
        }
    }

    /// What is looked at in one argument of a tool.
    pub(super) fn argument(&self, tool: &Tool, name: &str) -> ArgumentCuts<'a> {
        let mut cuts = ArgumentCuts::default();
        for rule in self.rules.iter().filter(|rule| rule.is_about(tool)) {
            let checks = rule.checks.iter().map(|check| check.get_ref());
            cuts.add(name, rule.argument.get_ref(), checks);
        }
        for test in &self.tests {
            let checks = test.checks.iter().map(|check| check.get_ref());
            cuts.add(name, test.name.get_ref(), checks);
        }
        cuts
    }

    /// The subjects that facts of these words are held against.
    pub(super) fn subjects_of(&self, words: &[&str]) -> Vec<&'a Subjects> {
        let meant = self
            .subjects
            .iter()
            .filter(|(word, _)| words.contains(word));
        meant.map(|(_, subjects)| *subjects).collect()
    }
}

impl<'a> ArgumentCuts<'a> {
    fn add(
        &mut self,
        name: &str,
        path: &crate::policy::ArgumentPath,
        checks: impl Iterator<Item = &'a Check>,
    ) {
        for check in checks {
            let other = check.other().is_some_and(|other| other.name() == name);
            self.looked_at |= other;
            self.opaque |= other;
            if path.name() == name {
                self.opaque |= check.other().is_some();
                self.checks.push(check);
            }
        }
        if path.name() == name {
            self.looked_at = true;
            self.opaque |= path.is_inner();
        }
    }
}

/// Principals that are declared or named, and one whom nothing names.
pub(super) fn principals(
    cuts: &Cuts<'_>,
    policies: &[&Policy],
    more: &BTreeSet<String>,
) -> BTreeSet<String> {
    let declared = policies.iter().flat_map(|policy| policy.principals());
    let mut names: BTreeSet<String> = declared
        .chain(cuts.principals.iter().map(|name| (*name).to_owned()))
        .chain(more.iter().cloned())
        .filter(|name| name != "*")
        .collect();
    let mut nobody = "somebody-else".to_owned();
    while !names.insert(nobody.clone()) {
        nobody.push('-');
    }
    names
}
