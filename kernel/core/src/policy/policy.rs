//! A policy: rules that were held against the manifests that they speak of.
//! Knows nothing of files.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::index::{Found, Has, Index, Kind};
use super::people::People;
use super::vocabulary::{Vocabulary, among_fields};
use super::{Declared, Detectors, Mode, Question, Rule, Severity};
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
        self.index = Index::of(&self.rules, false);
        let shadow = |rule: &Rule| rule.head().mode == Mode::Shadow;
        if self.rules.iter().any(shadow) {
            let mut watched = self.clone();
            for rule in &mut watched.rules {
                rule.head_mut().mode = Mode::Enforce;
            }
            watched.index = Index::of(&watched.rules, true);
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

    /// The same policy with its index made anew.
    #[must_use]
    pub fn indexed(self) -> Self {
        self.watching()
    }

    /// The same policy, of which every rule is asked about every call: slow, for proofs that the index leaves out
    /// nothing.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.index = Index::plain(&self.rules);
        let watched = self.watched.as_deref();
        self.watched = watched.map(|watched| Arc::new(watched.clone().plain()));
        self
    }

    /// The rules of a kind that could have a word in the call, by id.
    pub(super) fn among<'a, K: Kind>(&'a self, found: &'a Found) -> impl Iterator<Item = &'a K> {
        found
            .of(K::SLOT)
            .filter_map(|at| self.rules.get(at).and_then(K::pick))
    }

    /// Every rule of a kind that counts, by id.
    pub(super) fn every<K: Kind>(&self) -> impl Iterator<Item = &K> {
        self.among(self.index.every())
    }

    /// Where the rules stand that could have a word.
    pub(super) fn find(&self, has: &Has<'_>) -> Found {
        self.index.find(has)
    }

    /// As [`Policy::find`], of a call.
    pub(super) fn find_for(&self, asked: &Question<'_>) -> Found {
        self.find(&Has {
            principal: asked.principal.id(),
            people: &self.people,
            tool: asked.tool.full_name(),
            server: &asked.tool.server,
            capabilities: asked.capabilities,
            asked: Some(asked),
        })
    }

    /// Whether any rule masks at all.
    pub(in crate::policy) fn masks(&self) -> bool {
        self.index.masks()
    }

    /// The rule of this id.
    pub(super) fn rule(&self, id: &str) -> Option<&Rule> {
        let at = self.rules.binary_search_by(|rule| rule.id().cmp(id)).ok()?;
        self.rules.get(at)
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

    /// How grave an objection of this rule is, where its policy says so.
    #[must_use]
    pub fn severity_of(&self, rule: &str) -> Option<Severity> {
        self.rule(rule).and_then(|rule| rule.head().severity)
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
    let people = Json::from(digest(&Json::Array(
        declared.map(|one| text(one)).collect(),
    )));
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
