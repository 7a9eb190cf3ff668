//! A policy with one change: it judges, so that tests can be tested.
//! Knows nothing of permits: nobody checked its rules, so nothing may ever be done by its word.

use crate::denial::Denial;
use crate::manifest::Tool;
use crate::now::Now;
use crate::policy::{Policy, Question, Shadow, Terms};
use crate::principal::Principal;
use crate::receipt::LedgerView;

/// A changed policy. It has the epoch of the original, so that receipts mean the same to both.
#[derive(Clone, Debug)]
pub struct Variation(pub(super) Policy);

impl Variation {
    /// As [`Policy::judge`].
    ///
    /// # Errors
    /// The denial, with every objection of every phase.
    pub fn judge(
        &self,
        asked: &Question<'_>,
        ledger: &LedgerView,
        now: Now,
    ) -> Result<Terms, Denial> {
        self.0.judge(asked, ledger, now)
    }

    /// As [`Policy::shadows`].
    #[must_use]
    pub fn shadows(&self, asked: &Question<'_>, ledger: &LedgerView, now: Now) -> Vec<Shadow> {
        self.0.shadows(asked, ledger, now)
    }

    /// As [`Policy::may_know`].
    #[must_use]
    pub fn may_know(&self, principal: &Principal, tool: &Tool) -> bool {
        self.0.may_know(principal, tool)
    }
}
