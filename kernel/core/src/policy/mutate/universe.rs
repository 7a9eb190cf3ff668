//! All that rules can mean under some manifests: tools with what they can need, capabilities, labels, people.
//! Knows nothing of rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::capability::{Capability, CapabilitySet};
use crate::manifest::{Label, Manifests, Tool};
use crate::policy::people::People;
use crate::policy::vocabulary::needs;

/// What there is. It is finite but for names: of tables, paths and principals there can be any.
pub(super) struct Universe {
    /// Each tool with all that a call to it could turn out to need.
    pub(super) tools: Vec<(Arc<Tool>, CapabilitySet)>,
    /// All of that together.
    pub(super) capabilities: CapabilitySet,
    pub(super) labels: BTreeSet<Label>,
    pub(super) people: People,
}

impl Universe {
    pub(super) fn of(manifests: &Manifests, people: &People) -> Self {
        let mut tools = Vec::new();
        let mut capabilities = CapabilitySet::new();
        for (_, system, tool) in manifests.tools() {
            let needs = needs(system, tool);
            capabilities.extend(needs.iter().cloned());
            tools.push((Arc::clone(tool), needs));
        }
        let systems = manifests.systems();
        let labels = systems.flat_map(|system| system.labels.values().map(|(l, _)| l.clone()));
        Self {
            tools,
            capabilities,
            labels: labels.collect(),
            people: people.clone(),
        }
    }

    /// The tools that are meant, by full name.
    pub(super) fn tools_of(&self, meant: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let names = self.tools.iter().map(|(tool, _)| tool.full_name());
        names.filter(|name| meant(name)).collect()
    }

    /// The capabilities that are meant.
    pub(super) fn capabilities_of(&self, meant: impl Fn(&Capability) -> bool) -> BTreeSet<String> {
        let all = self.capabilities.iter().filter(|c| meant(c));
        all.map(|capability| capability.as_str().to_owned())
            .collect()
    }

    /// The labels that are meant.
    pub(super) fn labels_of(&self, meant: impl Fn(&Label) -> bool) -> BTreeSet<String> {
        let all = self.labels.iter().filter(|label| meant(label));
        all.map(|label| label.as_str().to_owned()).collect()
    }
}
