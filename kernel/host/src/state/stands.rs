//! What a decision's yes tells the store.
//! Knows nothing of who decides.

use aegis_core::manifest::Copied;
use aegis_core::policy::Permit;
use aegis_core::receipt::{Charge, Receipt};

/// A yes that stands on receipts, which are spent in its transaction.
pub trait Stands: Send + 'static {
    /// The receipts, exactly as the view held them.
    fn receipts(&self) -> &[Receipt];

    /// What it takes from budgets: reserved in the same transaction.
    fn charges(&self) -> &[Charge] {
        &[]
    }

    /// Labels that go with values into other columns: noted in the same transaction.
    fn copies(&self) -> &[Copied] {
        &[]
    }
}

impl Stands for Permit {
    fn receipts(&self) -> &[Receipt] {
        self.spends()
    }

    fn charges(&self) -> &[Charge] {
        Permit::charges(self)
    }

    fn copies(&self) -> &[Copied] {
        Permit::copies(self)
    }
}
