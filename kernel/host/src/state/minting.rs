//! What a receipt is minted from.
//! Knows nothing of the store.

use aegis_core::receipt::Evidence;

use super::Reserved;

/// A moment in the order of mints and writes: a validation stands on the writes before it, and none after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub(super) u64);

/// What a permit has cost, and when.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    /// The moment of the decision: a validation mints from there.
    pub since: Position,
    /// What it has taken from budgets.
    pub reserved: Reserved,
}

/// Who asked for the validation that a receipt is minted for, and when.
#[derive(Clone, Debug)]
pub struct Minting<'a> {
    /// What was observed.
    pub evidence: &'a Evidence,
    /// When the validation was permitted, before anything was read.
    pub since: Position,
    /// The principal.
    pub principal: &'a str,
    /// The run.
    pub run: &'a str,
    /// The policy epoch.
    pub epoch: &'a str,
    /// Lifetime in seconds.
    pub ttl_s: u64,
}
