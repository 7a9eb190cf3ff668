//! A policy: rules that were held against the manifests that they speak of.
//! Knows nothing of files.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::phase::{
    ArgumentRule, Block, BudgetRule, Grant, Lookup, Measure, Require, SmallGroups, Transform,
};
use super::vocabulary::Vocabulary;
use super::{Declared, Detectors, Rule};
use crate::json::Json;
use crate::manifest::Manifests;
use crate::source::{Problem, digest};

/// A policy in force. It exists only for the manifests that it was checked against.
#[derive(Clone, Debug)]
pub struct Policy {
    rules: Vec<Rule>,
    /// The digest of each rule's text, by id.
    texts: BTreeMap<String, String>,
    datasets: BTreeMap<String, Known>,
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
            let place = |d: &&Declared| (d.rule.id().to_owned(), d.file.to_string(), d.span.start);
            place(a).cmp(&place(b))
        });
        for (one, other) in sorted.iter().zip(sorted.iter().skip(1)) {
            if one.rule.id() == other.rule.id() {
                problems.push(Problem {
                    file: other.file.to_string(),
                    span: other.span.clone(),
                    message: format!(
                        "rule id `{}` is already taken in {}",
                        other.rule.id(),
                        one.file
                    ),
                    fix: "give each rule an id of its own".to_owned(),
                });
            }
        }
        let vocabulary = Vocabulary::of(&sorted, manifests, detectors);
        for one in &sorted {
            vocabulary.check(one, &mut problems);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let epoch = epoch(&sorted, manifests, detectors);
        Ok(Self {
            rules: sorted.iter().map(|one| one.rule.clone()).collect(),
            texts: sorted.iter().map(|one| named(one)).collect(),
            datasets: datasets(manifests),
            epoch: Arc::from(epoch),
        })
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

    pub(super) fn shared_epoch(&self) -> Arc<str> {
        Arc::clone(&self.epoch)
    }

    pub(super) fn dataset(&self, name: &str) -> Option<(&str, &Known)> {
        let (name, known) = self.datasets.get_key_value(name)?;
        Some((name.as_str(), known))
    }

    pub(super) fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Grant(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Block(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn budgets(&self) -> impl Iterator<Item = &BudgetRule> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Budget(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn argument_rules(&self) -> impl Iterator<Item = &ArgumentRule> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Argument(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn lookups(&self) -> impl Iterator<Item = &Lookup> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Lookup(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Measure(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn requires(&self) -> impl Iterator<Item = &Require> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Require(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn small_groups(&self) -> impl Iterator<Item = &SmallGroups> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::SmallGroups(rule) => Some(rule),
            _ => None,
        })
    }

    pub(super) fn transforms(&self) -> impl Iterator<Item = &Transform> {
        self.rules.iter().filter_map(|rule| match rule {
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

fn named(one: &Declared) -> (String, String) {
    (one.rule.id().to_owned(), digest(&text(one)))
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
