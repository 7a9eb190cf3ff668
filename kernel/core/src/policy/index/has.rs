//! What a call has that a rule can depend on, or what is known before there is one.
//! Knows nothing of rules.

use std::collections::BTreeMap;

use super::Place;
use super::key::{Key, Sort};
use crate::capability::{Capability, CapabilitySet};
use crate::inspect::Fact;
use crate::manifest::{Catalog, Label};
use crate::policy::Question;
use crate::policy::people::People;
use crate::policy::when::fact_word;

/// What there is of a call. More than it has is no fault: a rule is then asked in vain.
pub(in crate::policy) struct Has<'a> {
    pub(in crate::policy) principal: &'a str,
    pub(in crate::policy) people: &'a People,
    /// The tool's full name.
    pub(in crate::policy) tool: &'a str,
    pub(in crate::policy) server: &'a str,
    pub(in crate::policy) capabilities: &'a CapabilitySet,
    /// `None` before any call.
    pub(in crate::policy) asked: Option<&'a Question<'a>>,
}

type Words = BTreeMap<Box<str>, Vec<Place>>;

impl Has<'_> {
    /// Shows the places of every word of this sort that the call has; some may come twice.
    pub(super) fn each(&self, sort: Sort, words: &Words, show: &mut impl FnMut(&[Place])) {
        let mut word = |word: &str| {
            if let Some(places) = words.get(word) {
                show(places);
            }
        };
        match sort {
            Sort::Principal => word(self.principal),
            Sort::Role => self.people.roles_of(self.principal).for_each(word),
            Sort::Attribute => {
                for (key, value) in self.people.attributes_of(self.principal) {
                    word(&Key::attribute(key, value).word);
                }
            }
            Sort::Lacks => {
                let lacks = |key: &str| self.people.attribute(self.principal, key).is_none();
                words
                    .keys()
                    .filter(|key| lacks(key))
                    .for_each(|key| word(key));
            }
            Sort::Tool => {
                word(self.tool);
                starts(self.tool, "__").for_each(&mut word);
                word(&format!("{}__", self.server));
            }
            Sort::Capability => self.needs(&mut word),
            Sort::Fact => {
                let facts = self.facts().map(fact_word);
                facts.for_each(word);
            }
            Sort::Label => self.used(&mut |label| spell(label, &mut word)),
            Sort::Masked => {
                self.used(&mut |label| spell(label, &mut word));
                self.of_system(&mut |label| spell(label, &mut word));
            }
        }
    }

    fn facts(&self) -> impl Iterator<Item = &Fact> {
        let findings = self.asked.map_or(&[] as &[_], |asked| asked.findings);
        findings.iter().map(|finding| &finding.fact)
    }

    /// What the call needs, the broader capability where a look-up has no rule too.
    fn needs(&self, word: &mut impl FnMut(&str)) {
        let mut one = |text: &str| {
            word(text);
            starts(text, ":").for_each(&mut *word);
        };
        for capability in self.capabilities {
            one(capability.as_str());
            let filter = capability.swap(Capability::LOOKUP, Capability::FILTER);
            if let Some(filter) = filter {
                one(filter.as_str());
            }
        }
        for fact in self.facts() {
            if let Fact::LooksUp(label) = fact {
                one(Capability::known(label.area(), Capability::FILTER).as_str());
            }
        }
    }

    /// The labels that are in the answer, and those that the call uses.
    fn used(&self, label: &mut impl FnMut(&Label)) {
        let outputs = self.asked.and_then(|asked| asked.outputs);
        for output in outputs.unwrap_or_default() {
            output
                .labels
                .iter()
                .chain(&output.summed)
                .for_each(&mut *label);
        }
        for fact in self.facts() {
            if let Fact::Filters(one)
            | Fact::LooksUp(one)
            | Fact::Constrains(one)
            | Fact::Launders(one) = fact
            {
                label(one);
            }
        }
    }

    /// The labels of the system, and those that were carried there.
    fn of_system(&self, label: &mut impl FnMut(&Label)) {
        let Some(asked) = self.asked else { return };
        asked.system.labels.values().for_each(|(one, _)| label(one));
        for (_, column) in asked.catalog.into_iter().flat_map(Catalog::carriers) {
            column.labels().for_each(&mut *label);
        }
    }
}

/// A label and every pattern that means it.
fn spell(label: &Label, word: &mut impl FnMut(&str)) {
    word(label.as_str());
    word("");
    starts(label.as_str(), ".").for_each(word);
}

/// Every beginning of the text that ends with the joint.
fn starts<'t>(text: &'t str, joint: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(joint)
        .filter_map(move |(at, _)| text.get(..at.saturating_add(joint.len())))
}
