//! The decision: every phase speaks, every objection is kept, and none means yes.
//! Knows nothing of what the phases look at.

use super::phase::{argument, block, grant, measure, require, transform};
use super::{Permit, Policy, Question, Terms};
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
}

impl<'a> Case<'a> {
    pub(in crate::policy) fn new(
        policy: &'a Policy,
        asked: Question<'a>,
        ledger: &'a LedgerView,
        now: Now,
    ) -> Self {
        Self {
            policy,
            asked,
            ledger,
            now,
        }
    }
}

/// All that a phase may say: it may object and it may oblige. There is no word for "allow".
#[derive(Default)]
pub(in crate::policy) struct Opinion {
    objections: Vec<Objection>,
    pub(in crate::policy) terms: Terms,
}

impl Opinion {
    /// Objects in the words of a rule.
    pub(in crate::policy) fn object(&mut self, objection: Objection) {
        if !self.objections.contains(&objection) {
            self.objections.push(objection);
        }
    }

    /// A rule that cannot be evaluated is an objection, never skipped.
    pub(in crate::policy) fn rule_error(&mut self, phase: Phase, rule: &str, why: &str) {
        self.object(Objection {
            rule: "kernel.rule-error".into(),
            phase,
            reason: format!("rule `{rule}` cannot be evaluated: {why}").into(),
            fix: "ask an operator to look at this rule with `aegis explain`".into(),
        });
    }
}

type Speak = fn(&Case<'_>, &mut Opinion);

/// The phases in their order.
const PHASES: [Speak; 6] = [
    grant::admit,
    block::object,
    argument::object,
    require::object,
    measure::admit,
    transform::oblige,
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
        let case = Case::new(self, *asked, ledger, now);
        let mut opinion = Opinion::default();
        for speak in PHASES {
            speak(&case, &mut opinion);
        }
        match Denial::from_objections(opinion.objections) {
            Some(denial) => Err(denial),
            None => Ok(opinion.terms),
        }
    }
}
