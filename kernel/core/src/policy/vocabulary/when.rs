//! Holds the conditions of rules against what there is, and finds those that can never hold.
//! Knows nothing of how conditions are judged in a call.

use std::collections::BTreeSet;

use serde_spanned::Spanned;

use super::Vocabulary;
use super::argument::{holds_more, leaf};
use super::reach::fact_words;
use crate::capability::{Capability, CapabilityPattern, CapabilitySet};
use crate::manifest::{Label, Tool};
use crate::policy::parse::problem;
use crate::policy::when::{ArgumentTest, FactPattern, Matcher, Scene, Spelling, Truth, covers};
use crate::policy::{Declared, LabelPattern, Rule};
use crate::source::{Problem, did_you_mean};

/// Somebody whom no rule names.
const ANYONE: &str = "*";

impl Vocabulary {
    /// Each name in the rule's `when` is there, and the rule can speak at all.
    pub(super) fn when(&self, declared: &Declared, problems: &mut Vec<Problem>) {
        let Some(when) = &declared.rule.head().when else {
            return;
        };
        let before = problems.len();
        for matcher in when.matchers() {
            match matcher.get_ref() {
                Matcher::Principal(names) => self.known_principals(declared, names, problems),
                Matcher::Role(roles) => self.known_roles(declared, roles, problems),
                Matcher::Attribute(key, values) => {
                    self.known_attribute(declared, key, values, problems);
                }
                Matcher::Tool(tools) => self.tools(declared, tools, problems),
                Matcher::Capability(patterns) => self.capabilities(declared, patterns, problems),
                Matcher::Fact(pattern) => self.fact(declared, (matcher, pattern), problems),
                Matcher::Label(labels) => self.known_labels(declared, labels, problems),
                Matcher::Argument(test) => self.tested(declared, test, problems),
                Matcher::Time(_) => {}
            }
        }
        if problems.len() == before && !self.can_speak(declared) {
            let message = format!(
                "rule `{}` can never match: its `when` holds for nobody and no tool that it is about",
                declared.rule.id()
            );
            let fix = "widen `when`, or drop the rule".to_owned();
            if let Some(first) = when.matchers().first() {
                problems.push(problem(declared, *first, message, fix));
            }
        }
    }

    fn known_principals(
        &self,
        declared: &Declared,
        names: &[Spanned<String>],
        problems: &mut Vec<Problem>,
    ) {
        if self.principals.contains(ANYONE) {
            return; // whoever it is has a grant
        }
        for name in names {
            if !self.principals.contains(name.get_ref()) {
                let message = format!("no rule grants anything to `{}`", name.get_ref());
                let known = self.principals.iter().map(String::as_str);
                let fix = did_you_mean(name.get_ref(), known);
                problems.push(problem(declared, name, message, fix));
            }
        }
    }

    fn known_labels(
        &self,
        declared: &Declared,
        labels: &[Spanned<LabelPattern>],
        problems: &mut Vec<Problem>,
    ) {
        for pattern in labels {
            if !self.labels.iter().any(|l| pattern.get_ref().covers(l)) {
                let given = pattern.get_ref().as_str();
                let message = format!("no column of any manifest is labelled `{given}`");
                let fix = did_you_mean(given, self.labels.iter().map(Label::as_str));
                problems.push(problem(declared, pattern, message, fix));
            }
        }
    }

    /// Some tool can hold such a fact; and of those whose subjects are known, one is meant.
    fn fact(
        &self,
        declared: &Declared,
        (at, pattern): (&Spanned<Matcher>, &FactPattern),
        problems: &mut Vec<Problem>,
    ) {
        let all: BTreeSet<&str> = self
            .tools
            .iter()
            .zip(&self.reach)
            .flat_map(|(tool, (system, _))| fact_words(system, tool))
            .collect();
        if !all.contains(pattern.kind) {
            let message = format!("nothing that `{}` can be found in a call", pattern.kind);
            let fix = format!("use one of those that can: {}", list(&all));
            problems.push(problem(declared, at, message, fix));
            return;
        }
        let known: BTreeSet<String> = match pattern.kind {
            "filters" | "looks-up" | "constrains" | "launders" => {
                self.labels.iter().map(|l| l.as_str().to_owned()).collect()
            }
            "domain-read" | "domain-write" => {
                let systems = self.reach.iter().flat_map(|(system, _)| &system.domains);
                systems.map(|domain| domain.name.clone()).collect()
            }
            _ => return,
        };
        let covered = |one: &String| known.iter().any(|name| covers(one, name, Spelling::Folded));
        for one in pattern.subjects.patterns.iter().filter(|one| !covered(one)) {
            let message = format!("`{one}` is not there to be found by `{}`", pattern.kind);
            let fix = did_you_mean(one, known.iter().map(String::as_str));
            problems.push(problem(declared, at, message, fix));
        }
    }

    /// Some tool has the argument, and each check can hold for one of those.
    fn tested(&self, declared: &Declared, test: &ArgumentTest, problems: &mut Vec<Problem>) {
        let path = test.name.get_ref();
        let wanted = path.name();
        let meant = |tool: &&std::sync::Arc<Tool>| self.may_speak(declared, tool);
        let arguments: Vec<_> = self
            .tools
            .iter()
            .filter(meant)
            .flat_map(|tool| &tool.arguments)
            .collect();
        let named: Vec<_> = arguments.iter().filter(|a| a.name == wanted).collect();
        if named.is_empty() {
            let message = format!("no tool that the rule is about has an argument `{wanted}`");
            let fix = did_you_mean(wanted, arguments.iter().map(|a| a.name.as_str()));
            problems.push(problem(declared, &test.name, message, fix));
            return;
        }
        for check in &test.checks {
            let fits = |kind| {
                let open = |kind: Option<_>| kind.is_none_or(|kind| check.get_ref().suits(&kind));
                (!path.is_inner() || holds_more(kind)) && leaf(path, kind).is_ok_and(open)
            };
            if !named.iter().any(|a| fits(&a.kind)) {
                let message = format!("this check can never hold for an argument `{wanted}`");
                let fix = "use a check that fits the argument's kind".to_owned();
                problems.push(problem(declared, check, message, fix));
            }
        }
    }

    /// Whether there is a principal and a tool for which the rule could speak.
    fn can_speak(&self, declared: &Declared) -> bool {
        self.tools.iter().any(|tool| self.may_speak(declared, tool))
    }

    /// Whether the rule is about the tool, and its `when` may hold there for somebody.
    fn may_speak(&self, declared: &Declared, tool: &Tool) -> bool {
        let scene = |principal| {
            Scene {
                principal,
                people: &self.people,
                tool: tool.full_name(),
                call: None,
            }
            .worth(declared.rule.head())
        };
        let named = self.principals.iter().map(String::as_str);
        self.is_about(&declared.rule, tool)
            && asked_for(declared)
                .chain([ANYONE])
                .chain(named)
                .filter(|principal| self.is_for(&declared.rule, principal))
                .any(|principal| scene(principal) != Truth::No)
    }

    /// Whether the rule is for this principal, where it is for somebody.
    fn is_for(&self, rule: &Rule, principal: &str) -> bool {
        let who = match rule {
            Rule::Grant(rule) => &rule.who,
            Rule::Budget(rule) => &rule.who,
            Rule::Lookup(rule) => &rule.who,
            Rule::Measure(rule) => &rule.who,
            _ => return true,
        };
        who.means(principal, &self.people)
    }

    /// What calls to the tool of this name could need.
    pub(super) fn needs_of(&self, name: &str) -> Option<&CapabilitySet> {
        let mut all = self.tools.iter().zip(&self.reach);
        let found = all.find(|(tool, _)| tool.full_name() == name);
        found.map(|(_, (_, needs))| needs)
    }

    /// Whether a rule of its kind could have anything to say of the tool.
    fn is_about(&self, rule: &Rule, tool: &Tool) -> bool {
        let needs = |patterns: &[Spanned<CapabilityPattern>]| {
            let covers = |c: &Capability| patterns.iter().any(|p| p.get_ref().covers(c));
            let reach = self.needs_of(tool.full_name());
            reach.is_some_and(|reach| reach.iter().any(covers))
        };
        let named = tool.full_name();
        match rule {
            Rule::Grant(rule) => {
                let tools = rule.tools.as_ref();
                needs(&rule.capabilities)
                    && tools.is_none_or(|tools| tools.iter().any(|t| t.get_ref().covers(named)))
            }
            Rule::Block(rule) => needs(&rule.capabilities),
            Rule::Budget(rule) => {
                rule.is_about(tool) && rule.capabilities.as_deref().is_none_or(needs)
            }
            Rule::Require(rule) => needs(&rule.capabilities),
            Rule::Argument(rule) => rule.is_about(tool),
            Rule::SmallGroups(rule) => rule.covers(named),
            Rule::Lookup(_) | Rule::Measure(_) => tool.wall,
            Rule::Transform(_) => true,
            Rule::Role(_) | Rule::Principal(_) => false,
        }
    }
}

/// The principals that the rule's own `when` names.
fn asked_for(declared: &Declared) -> impl Iterator<Item = &str> {
    let matchers = declared
        .rule
        .head()
        .when
        .iter()
        .flat_map(|when| when.matchers());
    matchers
        .filter_map(|matcher| match matcher.get_ref() {
            Matcher::Principal(names) => Some(names),
            _ => None,
        })
        .flatten()
        .map(|name| name.get_ref().as_str())
}

fn list(words: &BTreeSet<&str>) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}
