//! What was charged to budgets, in slots of time, and what a call adds.
//! Knows nothing of which rule asks and of the store behind it.

use std::collections::BTreeMap;

use crate::limits;

/// One amount that a call takes from one budget: reserved with the decision, before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Charge {
    /// The rule whose budget it is, and what within it (a label, say): `rule/label`.
    pub account: String,
    /// How much.
    pub amount: u64,
    /// The window over which the budget counts, in seconds.
    pub window_s: u64,
    /// Whether it is given back where the kernel knows that nothing was sent.
    pub refundable: bool,
}

/// One principal's charges, by account and by the slot of time in which they fell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spending {
    slots: BTreeMap<String, BTreeMap<i64, u64>>,
    at_ms: i64,
}

impl Spending {
    /// Begins without charges, at this moment of the store's own time (milliseconds since 1970 UTC), which
    /// never goes back.
    #[must_use]
    pub fn at(at_ms: i64) -> Self {
        Self {
            slots: BTreeMap::new(),
            at_ms,
        }
    }

    /// Adds what was charged in one slot.
    pub fn add(&mut self, account: &str, slot_ms: i64, amount: u64) {
        let slots = self.slots.entry(account.to_owned()).or_default();
        let sum = slots.entry(slot_ms).or_default();
        *sum = sum.saturating_add(amount);
    }

    /// The moment that it is seen from, in milliseconds since 1970 UTC.
    #[must_use]
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }

    /// What was charged: account, beginning of the slot, amount.
    pub fn slots(&self) -> impl Iterator<Item = (&str, i64, u64)> {
        self.slots.iter().flat_map(|(account, slots)| {
            slots
                .iter()
                .map(|(slot, amount)| (account.as_str(), *slot, *amount))
        })
    }

    /// What counts against a budget now: every slot that the window touches, and whatever lies in the
    /// future, where a clock was wrong.
    #[must_use]
    pub fn used(&self, account: &str, window_s: u64) -> u64 {
        let window_ms = milliseconds(window_s);
        let from = self.at_ms.saturating_sub(window_ms);
        let grain = grain_ms(window_s);
        self.slots.get(account).map_or(0, |slots| {
            slots
                .iter()
                .filter(|(slot, _)| slot.saturating_add(grain) > from)
                .fold(0, |sum: u64, (_, amount)| sum.saturating_add(*amount))
        })
    }
}

impl Charge {
    /// The slot that the charge falls into at a moment, by the moment at which the slot begins.
    #[must_use]
    pub fn slot_ms(&self, at_ms: i64) -> i64 {
        let grain = grain_ms(self.window_s);
        at_ms.div_euclid(grain).saturating_mul(grain)
    }

    /// From when on a slot counts for nothing any more.
    #[must_use]
    pub fn ends_ms(&self, slot_ms: i64) -> i64 {
        slot_ms
            .saturating_add(grain_ms(self.window_s))
            .saturating_add(milliseconds(self.window_s))
    }
}

fn milliseconds(seconds: u64) -> i64 {
    i64::try_from(seconds)
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000)
}

/// The length of a slot: a charge counts for at most this much longer than the window.
fn grain_ms(window_s: u64) -> i64 {
    (milliseconds(window_s) / limits::BUDGET_SLOTS).max(1_000)
}
