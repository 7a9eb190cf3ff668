//! A policy: rules that were held against the manifests that they speak of.
//! Knows nothing of files.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::index::Index;
use super::people::People;
use super::phase::{
    ArgumentRule, Block, BudgetRule, Grant, Lookup, Measure, Require, SmallGroups, Transform,
};
use super::vocabulary::{Vocabulary, among_fields};
use super::{Declared, Detectors, Mode, Rule};
use crate::capability::Capability;
use crate::json::Json;
use crate::manifest::Manifests;
use crate::source::{Problem, digest};

/// A policy in force. It exists only for the manifests that it was checked against.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Every rule, those that are only watched too.
    rules: Vec<Rule>,
    /// Where those that count stand.
    index: Index,
    /// The same rules, all of them counting, where some are only watched.
    watched: Option<Arc<Policy>>,
    /// The digest of each rule's text, by id.
    texts: BTreeMap<String, String>,
    datasets: BTreeMap<String, Known>,
    people: People,
    epoch: Arc<str>,
}

/// What the policy knows of a dataset.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) subject: String,
    pub(super) suite: String,
}

impl Policy {
    /// Gathers the rules of all policy files. The order of files and rules does not matter.
    ///
    /// # Errors
    /// Every problem: no rule at all, an id twice, a rule that could never match.
    pub fn new(declared: Vec<Declared>, manifests: &Manifests) -> Result<Self, Vec<Problem>> {
        Self::with_detectors(declared, manifests, &Detectors::built_in())
    }

    /// As [`Policy::new`], with the profiles that rules may name.
    ///
    /// # Errors
    /// As [`Policy::new`]; and a profile or type that there is none of.
    pub fn with_detectors(
        declared: Vec<Declared>,
        manifests: &Manifests,
        detectors: &Detectors,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        if declared.is_empty() {
            problems.push(Problem::whole_file(
                "policies",
                "no rule in any policy file",
                "name a policy file with at least one `[[grant]]`; without rules everything is denied",
            ));
        }
        let mut sorted: Vec<&Declared> = declared.iter().collect();
        sorted.sort_by(|a, b| {
            let place = |d: &&Declared| {
                let name = (sort_of(d), d.rule.id().to_owned());
                (name, d.file.to_string(), d.span.start)
            };
            place(a).cmp(&place(b))
        });
        for (one, other) in sorted.iter().zip(sorted.iter().skip(1)) {
            if sort_of(one) == sort_of(other) && one.rule.id() == other.rule.id() {
                let sort = sort_of(one);
                problems.push(Problem {
                    file: other.file.to_string(),
                    span: other.span.clone(),
                    message: format!(
                        "{sort} `{}` is already taken in {}",
                        other.rule.id(),
                        one.file
                    ),
                    fix: format!("give each {sort} of its own"),
                });
            }
        }
        let people = People::of(&sorted, &mut problems);
        let vocabulary = Vocabulary::of(&sorted, &people, manifests, detectors);
        for one in &sorted {
            vocabulary.check(one, &mut problems);
        }
        among_fields(&sorted, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let epoch = epoch(&sorted, manifests, detectors);
        let rules = sorted.iter().filter(|one| !one.rule.is_declaration());
        let policy = Self {
            rules: rules.map(|one| one.rule.clone()).collect(),
            index: Index::default(),
            watched: None,
            texts: texts(&sorted),
            datasets: datasets(manifests),
            people,
            epoch: Arc::from(epoch),
        };
        Ok(policy.watching())
    }

    /// With a second view in which every rule counts, if any rule does not.
    fn watching(mut self) -> Self {
        self.index = Index::of(&self.rules);
        let shadow = |rule: &Rule| rule.head().mode == Mode::Shadow;
        if self.rules.iter().any(shadow) {
            let mut watched = self.clone();
            for rule in &mut watched.rules {
                rule.head_mut().mode = Mode::Enforce;
            }
            watched.index = Index::of(&watched.rules);
            self.watched = Some(Arc::new(watched));
        }
        self
    }

    /// The same policy with other rules that nobody checked: for reviewing tests, never for permits.
    pub(super) fn with(&self, rules: Vec<Rule>, people: People) -> Self {
        let policy = Self {
            rules,
            index: Index::default(),
            watched: None,
            texts: BTreeMap::new(),
            datasets: self.datasets.clone(),
            people,
            epoch: Arc::clone(&self.epoch),
        };
        policy.watching()
    }

    fn at<'a, T: 'a>(
        &'a self,
        places: impl Iterator<Item = usize> + 'a,
        pick: fn(&'a Rule) -> Option<&'a T>,
    ) -> impl Iterator<Item = &'a T> {
        places.filter_map(move |at| self.rules.get(at).and_then(pick))
    }

    /// The view in which every rule counts, where some do not.
    pub(super) fn watched(&self) -> Option<&Self> {
        self.watched.as_deref()
    }

    /// The rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// SHA-256 over rules and manifests, in lower-case hex: the name of this very policy.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The digest of a rule's text, whatever its layout: two policies with the same text here say the
    /// same of the same call by this rule.
    #[must_use]
    pub fn text_digest(&self, rule: &str) -> Option<&str> {
        self.texts.get(rule).map(String::as_str)
    }

    /// Who there is.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.people
    }

    pub(super) fn shared_epoch(&self) -> Arc<str> {
        Arc::clone(&self.epoch)
    }

    pub(super) fn dataset(&self, name: &str) -> Option<(&str, &Known)> {
        let (name, known) = self.datasets.get_key_value(name)?;
        Some((name.as_str(), known))
    }

    /// Grants that could be for this principal.
    pub(super) fn grants_for<'a>(&'a self, principal: &'a str) -> impl Iterator<Item = &'a Grant> {
        self.at(self.index.grants(principal), |rule| match rule {
            Rule::Grant(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.at(self.index.kind("grant"), |rule| match rule {
            Rule::Grant(rule) => Some(rule),
            _ => None,
        })
    }

    /// Blocks that cover this capability.
    pub(super) fn blocks_of<'a>(
        &'a self,
        capability: &'a Capability,
    ) -> impl Iterator<Item = &'a Block> {
        let places = self.index.blocks(capability.as_str());
        let blocks = self.at(places, |rule| match rule {
            Rule::Block(rule) => Some(rule),
            _ => None,
        });
        blocks.filter(|block| block.covers(capability))
    }

    pub(super) fn budgets(&self) -> impl Iterator<Item = &BudgetRule> {
        self.at(self.index.kind("budget"), |rule| match rule {
            Rule::Budget(rule) => Some(rule),
            _ => None,
        })
    }

    /// Argument rules that could be about this tool.
    pub(super) fn argument_rules<'a>(
        &'a self,
        tool: &'a str,
    ) -> impl Iterator<Item = &'a ArgumentRule> {
        self.at(self.index.arguments(tool), |rule| match rule {
            Rule::Argument(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn lookups(&self) -> impl Iterator<Item = &Lookup> {
        self.at(self.index.kind("lookup"), |rule| match rule {
            Rule::Lookup(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.at(self.index.kind("measure"), |rule| match rule {
            Rule::Measure(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn requires(&self) -> impl Iterator<Item = &Require> {
        self.at(self.index.kind("require"), |rule| match rule {
            Rule::Require(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn small_groups(&self) -> impl Iterator<Item = &SmallGroups> {
        self.at(self.index.kind("small_groups"), |rule| match rule {
            Rule::SmallGroups(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn transforms(&self) -> impl Iterator<Item = &Transform> {
        self.at(self.index.kind("transform"), |rule| match rule {
            Rule::Transform(rule) => Some(rule),
            _ => None,
        })
    }
}

fn datasets(manifests: &Manifests) -> BTreeMap<String, Known> {
    manifests
        .datasets()
        .map(|dataset| {
            let known = Known {
                subject: dataset.source.subject(),
                suite: dataset.suite.digest.clone(),
            };
            (dataset.name.clone(), known)
        })
        .collect()
}

/// What shares a name space, in words for problems.
fn sort_of(one: &Declared) -> &'static str {
    match &one.rule {
        Rule::Role(_) => "role name",
        Rule::Principal(_) => "principal name",
        _ => "rule id",
    }
}

/// The digest of each rule's text; of what depends on roles and attributes, with all that is declared of them.
fn texts(sorted: &[&Declared]) -> BTreeMap<String, String> {
    let declared = sorted.iter().filter(|one| one.rule.is_declaration());
    let people = Json::Array(declared.map(|one| text(one)).collect());
    let rules = sorted.iter().filter(|one| !one.rule.is_declaration());
    let named = |one: &&Declared| {
        let text = match one.rule.asks_for_people() {
            false => text(one),
            true => Json::Array(vec![text(one), people.clone()]),
        };
        (one.rule.id().to_owned(), digest(&text))
    };
    rules.map(named).collect()
}

fn text(one: &Declared) -> Json {
    Json::object([
        ("kind", Json::from(one.rule.kind())),
        ("rule", one.json.clone()),
    ])
}

fn epoch(rules: &[&Declared], manifests: &Manifests, detectors: &Detectors) -> String {
    let texts = rules.iter().map(|one| text(one));
    let systems = manifests
        .systems()
        .map(|system| (system.server.clone(), Json::from(system.digest.as_str())));
    let mut parts = vec![
        ("manifests", Json::object(systems)),
        ("rules", Json::Array(texts.collect())),
    ];
    // Built-in profiles change with the kernel's version alone, which the log names.
    let own = detectors.digests();
    let own: Vec<_> = own
        .map(|(name, digest)| (name, Json::from(digest)))
        .collect();
    if !own.is_empty() {
        parts.push(("profiles", Json::object(own)));
    }
    if let Some(analyser) = detectors.analyser() {
        parts.push(("analyser", Json::from(analyser)));
    }
    digest(&Json::object(parts))
}
