//! All that rules can mean under some manifests: tools with what they can need, capabilities, labels, people.
//! Knows nothing of rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::capability::{Capability, CapabilityPattern, CapabilitySet};
use crate::manifest::{Label, Manifests, Tool};
use crate::policy::people::People;
use crate::policy::phase::Grant;
use crate::policy::vocabulary::needs;
use crate::policy::{Head, Mode, Policy, Resource, Rule};

/// What there is. It is finite but for names: of tables, paths and principals there can be any.
#[derive(Clone)]
pub(super) struct Universe {
    /// Each tool with all that a call to it could turn out to need.
    pub(super) tools: Vec<(Arc<Tool>, CapabilitySet)>,
    /// All of that together.
    pub(super) capabilities: CapabilitySet,
    pub(super) labels: BTreeSet<Label>,
    pub(super) people: People,
    /// Everybody of whom grants or declarations know, and somebody else.
    pub(super) known_people: BTreeSet<String>,
    /// Of those whoever is shown some tool; to a grant, which decides that, everybody.
    pub(super) shown: BTreeSet<String>,
    /// The grants as they are.
    pub(super) grants: Vec<Grant>,
    /// Whether no rule lets anybody look up: then a look-up is always a filter too.
    pub(super) filters_alone: bool,
    /// What is forbidden always.
    forbidden: Vec<CapabilityPattern>,
}

/// Somebody of whom no rule and no declaration knows; `*` is nobody's name.
pub(super) const ANYBODY: &str = "*";

impl Universe {
    pub(super) fn of(manifests: &Manifests, policy: &Policy) -> Self {
        let mut tools = Vec::new();
        for (_, system, tool) in manifests.tools() {
            tools.push((Arc::clone(tool), needs(system, tool)));
        }
        let systems = manifests.systems();
        let labels = systems.flat_map(|system| system.labels.values().map(|(l, _)| l.clone()));
        let (mut grants, mut forbidden) = (Vec::new(), Vec::new());
        let mut filters_alone = true;
        for rule in policy.rules() {
            match rule {
                Rule::Grant(grant) => grants.push(grant.clone()),
                Rule::Block(block) if always(&block.head) => {
                    let patterns = block.capabilities.iter().map(|one| one.get_ref().clone());
                    forbidden.extend(patterns);
                }
                Rule::Lookup(_) => filters_alone = false,
                _ => {}
            }
        }
        let declares = |(tool, _): &(Arc<Tool>, CapabilitySet)| {
            let mut all = tool.capabilities.iter();
            all.any(|c| c.swap(Capability::LOOKUP, Capability::FILTER).is_some())
        };
        let known_people = persons(&grants, policy.people());
        Self {
            shown: known_people.clone(),
            known_people,
            filters_alone: filters_alone && !tools.iter().any(declares),
            capabilities: together(&tools),
            tools,
            labels: labels.collect(),
            people: policy.people().clone(),
            grants,
            forbidden,
        }
    }

    /// The same without tools that no grant shows to anybody, whoever it is for and whatever its `when` says, and
    /// without people to whom none is shown.
    pub(super) fn known(&self) -> Self {
        let shows = |tool: &Tool, person: Option<&str>| {
            let mut all = tool.capabilities.iter();
            let meant =
                |grant: &&Grant| person.is_none_or(|person| grant.who.means(person, &self.people));
            all.all(|c| {
                self.grants
                    .iter()
                    .filter(meant)
                    .any(|grant| reaches(grant, tool, c))
            })
        };
        let tools: Vec<_> = self
            .tools
            .iter()
            .filter(|(tool, _)| shows(tool, None))
            .cloned()
            .collect();
        let shown = self.known_people.iter();
        let shown = shown.filter(|person| tools.iter().any(|(tool, _)| shows(tool, Some(person))));
        Self {
            shown: shown.cloned().collect(),
            capabilities: together(&tools),
            tools,
            ..self.clone()
        }
    }

    /// The same with other people.
    pub(super) fn among(&self, people: People) -> Self {
        let known_people = persons(&self.grants, &people);
        Self {
            people,
            shown: known_people.clone(),
            known_people,
            ..self.clone()
        }
    }

    /// Whether the tool is shown to somebody, by grants whatever their `when`, with this one in the place of its like.
    pub(super) fn shows(&self, tool: &Tool, person: &str, one: &Grant) -> bool {
        let others = self
            .grants
            .iter()
            .filter(|grant| grant.head.id != one.head.id);
        let grants: Vec<&Grant> = others
            .chain([one])
            .filter(|grant| grant.who.means(person, &self.people))
            .collect();
        let mut all = tool.capabilities.iter();
        all.all(|c| grants.iter().any(|grant| reaches(grant, tool, c)))
    }

    /// Everybody of whom this grant, others or declarations know, and somebody else.
    pub(super) fn persons(&self, one: &Grant) -> BTreeSet<String> {
        let own = one.who.principals.iter().map(|name| name.get_ref().clone());
        self.known_people.iter().cloned().chain(own).collect()
    }

    /// Whether it is settled what becomes of the capability, so that a grant of it changes nothing. A block settles it, but
    /// where a grant decides whether the tool is shown, or lets somebody look up.
    pub(super) fn is_settled(&self, tool: &Tool, capability: &Capability) -> bool {
        let forbidden = self.forbidden.iter().any(|one| one.covers(capability));
        let looks_up = capability
            .swap(Capability::FILTER, Capability::LOOKUP)
            .is_some();
        let sought = capability
            .swap(Capability::LOOKUP, Capability::FILTER)
            .is_some();
        if sought && self.filters_alone {
            return true; // it is judged as the filter that it is
        }
        forbidden && (!looks_up || self.filters_alone) && !tool.capabilities.contains(capability)
    }

    /// The tools that are meant, by full name.
    pub(super) fn tools_of(&self, meant: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let names = self.tools.iter().map(|(tool, _)| tool.full_name());
        names
            .filter(|name| meant(name))
            .map(str::to_owned)
            .collect()
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

fn together(tools: &[(Arc<Tool>, CapabilitySet)]) -> CapabilitySet {
    let all = tools.iter().flat_map(|(_, needs)| needs);
    all.cloned().collect()
}

fn always(head: &Head) -> bool {
    head.mode == Mode::Enforce && head.when.is_none()
}

/// Whether a grant could give the capability on the tool, to whomever it is for.
fn reaches(grant: &Grant, tool: &Tool, capability: &Capability) -> bool {
    let told = grant.resources.is_none() || Resource::is_told(tool, capability);
    told && grant.covers(capability, tool.full_name())
}

fn persons(grants: &[Grant], people: &People) -> BTreeSet<String> {
    let named = grants.iter().flat_map(|grant| &grant.who.principals);
    let named = named.map(|name| name.get_ref().clone());
    let declared = people.principals().map(str::to_owned);
    named.chain(declared).chain([ANYBODY.to_owned()]).collect()
}
