//! Evidence that the kernel itself observed, and the receipts minted from it.
//! Knows nothing of how either is stored or authenticated.

mod charge;
mod evidence;
mod ledger;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod receipt;
mod spending;
pub mod suite;

/// The kind that `medallion__validate` mints: the dataset's source satisfied its suite.
pub const SILVER_VALIDATION: &str = "silver_validation";
/// Every kind that the kernel mints; a policy that asks for another could never be satisfied.
pub const KINDS: [&str; 1] = [SILVER_VALIDATION];

pub use charge::{Back, Charge, Over, Unit};
pub use evidence::{Counts, Evidence};
pub use ledger::LedgerView;
pub use receipt::Receipt;
pub use spending::{Spending, THIS_VALUE, VALUE};
