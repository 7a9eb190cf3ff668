//! A call in which this and that is supposed to be found, and is in all else like one that was read.
//! Knows nothing of what is asked about it.

use super::bits::{Bit, joined};
use super::space::{Open, RUN, Real, Space};
use crate::capability::CapabilitySet;
use crate::inspect::Finding;
use crate::policy::Question;
use crate::principal::Principal;

pub(super) struct Supposed<'a> {
    like: &'a Real,
    /// What is found in statements.
    pub(super) bit: Bit,
    findings: Vec<Finding>,
    capabilities: CapabilitySet,
    has_columns: bool,
}

impl<'a> Supposed<'a> {
    pub(super) fn of(space: &Space<'_>, (open, like): (&Open, &'a Real), bits: Vec<&Bit>) -> Self {
        let bit = joined(bits.into_iter());
        let mut findings = open.findings.clone();
        findings.extend(bit.findings.iter().cloned());
        let mut capabilities = space.tool.capabilities.clone();
        let found = findings.iter();
        capabilities.extend(found.filter_map(|finding| finding.fact.capability()));
        Self {
            like,
            bit,
            findings,
            capabilities,
            has_columns: space.tool.reads_statements(),
        }
    }

    pub(super) fn question(&'a self, who: &'a Principal) -> Question<'a> {
        Question {
            principal: who,
            run: RUN,
            capabilities: &self.capabilities,
            findings: &self.findings,
            outputs: match self.has_columns {
                true => Some(&self.bit.outputs),
                false => self.like.examined.outputs(),
            },
            ..Question::about(&self.like.examined)
        }
    }
}
