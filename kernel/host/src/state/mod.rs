//! Receipts and the order of writes, in an embedded store that survives a restart.
//! Knows nothing of rules: the decision is a function that it is given.

use aegis_core::denial::Denial;
use aegis_core::now::Now;
use aegis_core::policy::Permit;
use aegis_core::receipt::{Evidence, LedgerView, Receipt};

/// The state store of one kernel.
pub struct State {}

/// Who asked for the validation that a receipt is minted for.
pub struct Minting<'a> {
    /// What was observed.
    pub evidence: &'a Evidence,
    /// The principal.
    pub principal: &'a str,
    /// The run.
    pub run: &'a str,
    /// The policy epoch.
    pub epoch: &'a str,
    /// Lifetime in seconds.
    pub ttl_s: u64,
}

impl State {
    /// Decides and, in the same transaction, spends the receipts that the permit stands on and notes
    /// the subjects that it writes.
    ///
    /// # Errors
    /// The decision's own denial, or `kernel.state-unavailable`.
    pub async fn decide_and_spend(
        &self,
        subjects: &[String],
        decide: impl FnOnce(&LedgerView, Now) -> Result<Permit, Denial>,
    ) -> Result<Permit, Denial> {
        let _ = subjects;
        decide(&LedgerView::default(), Now { unix_ms: 0 })
    }

    /// Notes once more, after the act, that the subjects were written.
    ///
    /// # Errors
    /// `kernel.state-unavailable`.
    pub async fn settle(&self, writes: &[String]) -> Result<(), Denial> {
        let _ = writes;
        Ok(())
    }

    /// Mints a receipt from evidence in which every check passed.
    ///
    /// # Errors
    /// `kernel.state-unavailable`.
    pub async fn mint(&self, minting: Minting<'_>) -> Result<Option<Receipt>, Denial> {
        let _ = minting;
        Ok(None)
    }
}
