//! One recorded decision with what it is judged by.
//! Knows nothing of how it is judged.

use std::collections::BTreeSet;

use crate::audit::{Decision, Record};
use crate::denial::Phase;
use crate::manifest::{Catalog, Manifests, System, Tool};
use crate::policy::{Policy, Unknown};
use crate::principal::{Principal, Proof};

use super::Captured;

/// One set of rules and the systems that they were checked against.
#[derive(Clone, Copy, Debug)]
pub struct RuleBook<'a> {
    /// The systems.
    pub manifests: &'a Manifests,
    /// The rules.
    pub policy: &'a Policy,
}

/// A decision as it was recorded: an `intent` or a `decision`.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The record.
    pub record: &'a Record<'a>,
    /// The catalogue that it names, where it names one.
    pub catalog: Option<&'a Catalog>,
    /// The arguments, where they were captured and shown to be the recorded ones.
    pub values: Option<&'a Captured>,
}

/// An objection as records name it.
pub(super) type Named = (Phase, String);

impl<'a> Case<'a> {
    /// Who asked.
    pub(super) fn principal(&self) -> Principal {
        let who = self.record.who.as_ref();
        let name = who.map_or("", |who| who.principal.as_str());
        Principal::assertion(name, Proof::Hypothetical)
    }

    /// Why the decision is not one of the rules, where it is not.
    #[must_use]
    pub fn outside(&self) -> Option<String> {
        if self.record.decision == Some(Decision::Fail) {
            return Some("the call ended before it was decided".to_owned());
        }
        let rules = self.record.rules.as_deref().unwrap_or_default();
        let own = rules
            .iter()
            .find(|line| line.phase.as_str() == Phase::Kernel.as_str());
        own.map(|line| line.rule.to_string())
    }

    /// The objections of the record, in order; `None` where a phase is no phase.
    pub(super) fn objections(&self) -> Option<Vec<Named>> {
        let rules = self.record.rules.as_deref().unwrap_or_default();
        rules
            .iter()
            .map(|line| Some((Phase::parse(&line.phase)?, line.rule.to_string())))
            .collect()
    }

    /// Whether every objection stands in the record.
    pub(super) fn all_objections(&self) -> bool {
        self.record
            .cut
            .as_ref()
            .is_none_or(|cut| cut.rules.is_none())
    }

    /// The tool, where the principal may know of it under these rules.
    pub(super) fn tool(&self, book: &RuleBook<'a>) -> Option<(&'a System, &'a Tool)> {
        let name = self.record.tool.as_ref()?;
        let (server, own) = name.split_once("__")?;
        let system = book.manifests.system(server)?;
        let tool = system.tools.get(own).filter(|tool| !tool.internal)?;
        let knows = book.policy.may_know(&self.principal(), tool);
        knows.then_some((&**system, tool))
    }

    /// What the record says of the arguments: those given without their values, unless they were captured.
    pub(super) fn hidden(&self) -> Unknown {
        let keys = self.record.args.as_ref().map(|args| &args.keys);
        let values: BTreeSet<String> = match self.values {
            Some(_) => BTreeSet::new(),
            None => keys
                .into_iter()
                .flatten()
                .map(|text| text.as_str().to_owned())
                .collect(),
        };
        let cut = self.record.cut.as_ref();
        Unknown {
            values,
            facts: BTreeSet::new(),
            receipts: cut.is_some_and(|cut| cut.receipts.is_some()),
        }
    }
}
