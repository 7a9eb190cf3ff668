//! The decision: every phase speaks, every objection is kept, and none means yes.
//! Knows nothing of what the phases look at.

use std::collections::BTreeSet;

use super::index::{Found, Kind};
use super::phase::{
    Lengths, argument, block, budget, grant, lookup, measure, require, small_groups, transform,
};
use super::when::{Scene, Truth};
use super::{Head, Judgement, Permit, Policy, Question, Terms, Unknown};
use crate::capability::Capability;
use crate::denial::{Denial, Objection, Phase};
use crate::inspect::Examined;
use crate::now::Now;
use crate::receipt::LedgerView;

/// All that a phase may look at.
pub(in crate::policy) struct Case<'a> {
    pub(in crate::policy) policy: &'a Policy,
    pub(in crate::policy) asked: Question<'a>,
    pub(in crate::policy) ledger: &'a LedgerView,
    pub(in crate::policy) now: Now,
    /// Only a replay from a record leaves anything unknown.
    pub(in crate::policy) unknown: Option<&'a Unknown>,
    /// The tool's full name.
    pub(in crate::policy) tool: &'a str,
    /// Which rules could have a word.
    found: Found,
    /// What a look-up needs that no rule speaks of.
    unruled: Vec<Capability>,
    /// Of the values of its arguments.
    pub(in crate::policy) lengths: Lengths,
}

impl<'a> Case<'a> {
    pub(in crate::policy) fn new(
        policy: &'a Policy,
        asked: Question<'a>,
        ledger: &'a LedgerView,
        now: Now,
    ) -> Self {
        let mut case = Self {
            policy,
            asked,
            ledger,
            now,
            unknown: None,
            tool: asked.tool.full_name(),
            found: policy.find_for(&asked),
            unruled: Vec::new(),
            lengths: Lengths::default(),
        };
        case.unruled = lookup::unruled(&case);
        case
    }

    /// What the call needs by the rules of this policy: what was derived, and the broader capability where no rule
    /// speaks of the narrower one. Some may come twice.
    pub(in crate::policy) fn needs(&self) -> impl Iterator<Item = &Capability> {
        self.asked.capabilities.iter().chain(&self.unruled)
    }

    /// The rules of a kind that could have a word, by id.
    pub(in crate::policy) fn among<K: Kind>(&self) -> impl Iterator<Item = &K> {
        self.policy.among(&self.found)
    }

    /// Where they stand.
    pub(in crate::policy) fn found(&self) -> &Found {
        &self.found
    }

    /// Whether a look-up needs this broader capability since no rule speaks of it.
    pub(in crate::policy) fn is_unruled(&self, capability: &Capability) -> bool {
        self.unruled.contains(capability)
    }

    /// Whether the rule's `when` holds for the call.
    pub(in crate::policy) fn worth(&self, head: &Head) -> Truth {
        self.scene().worth(head)
    }

    /// What conditions are judged by.
    pub(in crate::policy) fn scene(&self) -> Scene<'_> {
        Scene {
            principal: self.asked.principal.id(),
            people: self.policy.people(),
            tool: self.tool,
            call: Some(self),
        }
    }

    /// Whether a rule that objects speaks: unless its `when` certainly does not hold.
    pub(in crate::policy) fn speaks(&self, head: &Head, opinion: &mut Opinion) -> bool {
        match self.worth(head) {
            Truth::Yes | Truth::Unreadable => true,
            Truth::No => false,
            Truth::Unknown => {
                opinion.leave_open(&head.id);
                false
            }
        }
    }

    /// As [`Case::speaks`], for a rule that adds to the terms of a yes.
    pub(in crate::policy) fn obliges(&self, head: &Head, opinion: &mut Opinion) -> bool {
        opinion.terms_open |= self.worth(head) == Truth::Unknown;
        self.speaks(head, opinion)
    }

    /// What is said beside an objection whose `when` could not be evaluated.
    pub(in crate::policy) fn doubt(&self, head: &Head) -> &'static str {
        match self.worth(head) {
            Truth::Unreadable => {
                "; what the rule's `when` asks for is left out of the call or cannot be read, so it holds"
            }
            _ => "",
        }
    }

    /// Whether the argument was given and its value is not known.
    pub(in crate::policy) fn hides(&self, argument: &str) -> bool {
        self.unknown
            .is_some_and(|unknown| unknown.values.contains(argument))
    }

    /// Whether something was read out of the argument that is not known.
    pub(in crate::policy) fn hides_facts_of(&self, argument: &str) -> bool {
        self.unknown
            .is_some_and(|unknown| unknown.facts.contains(argument))
    }

    /// Whether older receipts than those in the ledger were looked at.
    pub(in crate::policy) fn hides_receipts(&self) -> bool {
        self.unknown.is_some_and(|unknown| unknown.receipts)
    }
}

/// All that a phase may say: it may object and it may oblige. There is no word for "allow".
#[derive(Default)]
pub(in crate::policy) struct Opinion {
    objections: Vec<Objection>,
    open: BTreeSet<String>,
    pub(in crate::policy) terms: Terms,
    /// Whether a rule that was left open could add to the terms.
    pub(in crate::policy) terms_open: bool,
    /// Whether a rule that cannot be evaluated objects under its own name, not the kernel's.
    by_name: bool,
}

impl Opinion {
    /// One in which every objection names its rule.
    pub(in crate::policy) fn by_name() -> Self {
        Self {
            by_name: true,
            ..Self::default()
        }
    }

    /// What was objected so far.
    pub(in crate::policy) fn objections(&self) -> impl Iterator<Item = &Objection> {
        self.objections.iter()
    }

    /// Objects in the words of a rule.
    pub(in crate::policy) fn object(&mut self, objection: Objection) {
        if !self.objections.contains(&objection) {
            self.objections.push(objection);
        }
    }

    /// A rule whose word depends on what is not known.
    pub(in crate::policy) fn leave_open(&mut self, rule: &str) {
        self.open.insert(rule.to_owned());
    }

    /// A rule that cannot be evaluated is an objection, never skipped.
    pub(in crate::policy) fn rule_error(&mut self, phase: Phase, rule: &str, why: &str) {
        self.object(Objection {
            rule: match self.by_name {
                true => rule.to_owned().into(),
                false => "kernel.rule-error".into(),
            },
            phase,
            reason: format!("rule `{rule}` cannot be evaluated: {why}").into(),
            fix: "ask an operator to look at this rule with `aegis explain`".into(),
        });
    }
}

type Speak = fn(&Case<'_>, &mut Opinion);

/// The phases in their order.
const PHASES: [Speak; 9] = [
    grant::admit,
    block::object,
    argument::object,
    require::object,
    lookup::admit,
    measure::admit,
    small_groups::oblige,
    transform::oblige,
    budget::reserve, // after the caps: what an answer may hold is reserved whole
];

impl Policy {
    /// Gate four: the one way to a permit. Pure: the same inputs give the same decision.
    ///
    /// # Errors
    /// The denial, with every objection of every phase.
    pub fn decide(
        &self,
        examined: Examined,
        ledger: &LedgerView,
        now: Now,
    ) -> Result<Permit, Denial> {
        let terms = self.judge(&Question::about(&examined), ledger, now)?;
        Ok(Permit::new(
            examined.into_parts(),
            terms,
            self.shared_epoch(),
        ))
    }

    /// The same judgement without a permit: for explanation, replay and proof.
    ///
    /// # Errors
    /// The denial, with every objection of every phase.
    pub fn judge(
        &self,
        asked: &Question<'_>,
        ledger: &LedgerView,
        now: Now,
    ) -> Result<Terms, Denial> {
        let mut opinion = Opinion::default();
        hear(&Case::new(self, *asked, ledger, now), &mut opinion);
        match Denial::from_objections(opinion.objections) {
            Some(denial) => Err(denial),
            None => Ok(opinion.terms),
        }
    }
}

impl Policy {
    /// Judges what is known of a call, and names the rules whose word depends on what is not.
    #[must_use]
    pub fn rejudge(
        &self,
        asked: &Question<'_>,
        unknown: &Unknown,
        ledger: &LedgerView,
        now: Now,
    ) -> Judgement {
        let mut case = Case::new(self, *asked, ledger, now);
        case.unknown = Some(unknown);
        let mut opinion = Opinion::default();
        hear(&case, &mut opinion);
        Judgement {
            denial: Denial::from_objections(opinion.objections),
            open: opinion.open,
            terms: opinion.terms,
            terms_open: opinion.terms_open,
        }
    }
}

/// Lets every phase speak.
pub(in crate::policy) fn hear(case: &Case<'_>, opinion: &mut Opinion) {
    for speak in PHASES {
        speak(case, opinion);
    }
}
