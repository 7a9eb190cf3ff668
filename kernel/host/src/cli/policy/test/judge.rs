//! Whoever judges cases: the policy itself, or one with a small change.
//! Knows nothing of cases.

use aegis_core::denial::Denial;
use aegis_core::manifest::Tool;
use aegis_core::now::Now;
use aegis_core::policy::{Policy, Question, Shadow, Terms, Variation};
use aegis_core::principal::Principal;
use aegis_core::receipt::LedgerView;

/// What cases are asked of.
pub(super) trait Judge {
    fn judge(&self, asked: &Question<'_>, ledger: &LedgerView, now: Now) -> Result<Terms, Denial>;
    fn shadows(&self, asked: &Question<'_>, ledger: &LedgerView, now: Now) -> Vec<Shadow>;
    fn may_know(&self, principal: &Principal, tool: &Tool) -> bool;
}

impl Judge for Policy {
    fn judge(&self, asked: &Question<'_>, ledger: &LedgerView, now: Now) -> Result<Terms, Denial> {
        Self::judge(self, asked, ledger, now)
    }
    fn shadows(&self, asked: &Question<'_>, ledger: &LedgerView, now: Now) -> Vec<Shadow> {
        Self::shadows(self, asked, ledger, now)
    }
    fn may_know(&self, principal: &Principal, tool: &Tool) -> bool {
        Self::may_know(self, principal, tool)
    }
}

impl Judge for Variation {
    fn judge(&self, asked: &Question<'_>, ledger: &LedgerView, now: Now) -> Result<Terms, Denial> {
        Self::judge(self, asked, ledger, now)
    }
    fn shadows(&self, asked: &Question<'_>, ledger: &LedgerView, now: Now) -> Vec<Shadow> {
        Self::shadows(self, asked, ledger, now)
    }
    fn may_know(&self, principal: &Principal, tool: &Tool) -> bool {
        Self::may_know(self, principal, tool)
    }
}
