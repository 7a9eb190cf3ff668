//! What a decision's yes tells the store.
//! Knows nothing of who decides.

use aegis_core::policy::Permit;
use aegis_core::receipt::Receipt;

/// A yes that stands on receipts, which are spent in its transaction.
pub trait Stands: Send + 'static {
    /// The receipts, exactly as the view held them.
    fn receipts(&self) -> &[Receipt];
}

impl Stands for Permit {
    fn receipts(&self) -> &[Receipt] {
        self.spends()
    }
}
