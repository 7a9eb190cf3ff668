//! Evidence that the kernel itself observed, and the receipts minted from it.
//! Knows nothing of how either is stored or authenticated.

mod evidence;
mod ledger;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod receipt;
pub mod suite;

pub use evidence::{Counts, Evidence};
pub use ledger::LedgerView;
pub use receipt::Receipt;
