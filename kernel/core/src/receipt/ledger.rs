//! What the ledger holds for the subjects of one call, at one moment.
//! Knows nothing of the store behind it.

use std::collections::BTreeMap;

use super::{Receipt, Spending};

/// A snapshot, taken in the same transaction in which receipts are then spent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerView {
    /// Receipts of the subjects, authenticated; spent ones included so that a denial can say so.
    pub receipts: Vec<Receipt>,
    /// The position of the latest write to each subject.
    pub last_write: BTreeMap<String, u64>,
    /// Whether the clock has moved backwards since the latest mint: then nothing that expires is valid.
    pub clock_went_back: bool,
    /// What the principal has used of budgets.
    pub spending: Spending,
}
