//! What one call has reserved of budgets and may get back.
//! Knows nothing of why it would.

use aegis_core::receipt::Charge;

use super::charges::{Charges, Slot};

/// Amounts by account that are given back where nothing was sent.
#[derive(Clone, Debug, Default)]
pub struct Reserved {
    pub(super) principal: String,
    amounts: Vec<(String, u64)>,
}

impl Reserved {
    /// What of a principal's charges can be given back.
    #[must_use]
    pub fn of(principal: &str, charges: &[Charge]) -> Self {
        let refundable = charges.iter().filter(|charge| charge.refundable);
        Self {
            principal: principal.to_owned(),
            amounts: refundable
                .map(|charge| (charge.account.clone(), charge.amount))
                .collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }

    /// The newest slot of each account: a charge lies there or in the one before, which ends sooner.
    pub(super) fn latest(&self, charges: &Charges) -> Vec<(Slot, u64)> {
        let newest = |account: &String| {
            charges
                .keys()
                .rfind(|slot| slot.principal == self.principal && slot.account == *account)
        };
        self.amounts
            .iter()
            .filter_map(|(account, amount)| Some((newest(account)?.clone(), *amount)))
            .collect()
    }
}
