//! What was charged to budgets, in slots of time, as a decision sees it.
//! Knows nothing of which rule asks and of the store behind it.

use std::collections::BTreeMap;

use super::Over;

/// One principal's charges and those that all principals share, by account and by the slot of time in which they
/// fell.
///
/// An account that counts different values has one further account for each value: `account#0`, `account#1` and so
/// on, in no order that says anything, and `account#=0` for the first value of this very call, where it is among them.
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
    pub fn used(&self, account: &str, over: Over) -> u64 {
        let slots = self.slots.get(account);
        slots.map_or(0, |slots| over.used(slots, self.at_ms))
    }

    /// How many different values count now.
    #[must_use]
    pub fn values(&self, account: &str, over: Over) -> u64 {
        let live = self
            .values_of(account)
            .filter(|(_, slots)| over.used(slots, self.at_ms) > 0);
        u64::try_from(live.count()).unwrap_or(u64::MAX)
    }

    /// Whether the value of this call that stands at `index` is among those that count now.
    #[must_use]
    pub fn knows(&self, account: &str, index: usize, over: Over) -> bool {
        self.used(&format!("{account}{THIS_VALUE}{index}"), over) > 0
    }

    /// After how many milliseconds at most no more than `room` counts of an account.
    #[must_use]
    pub fn frees_ms(&self, account: &str, over: Over, room: u64) -> u64 {
        let slots = self.slots.get(account);
        slots.map_or(0, |slots| over.frees_ms(slots, self.at_ms, room))
    }

    /// After how many milliseconds at most no more than `room` different values count.
    #[must_use]
    pub fn values_free_ms(&self, account: &str, over: Over, room: u64) -> u64 {
        let one = |(_, slots): (_, &BTreeMap<i64, u64>)| over.frees_ms(slots, self.at_ms, 0);
        let mut waits: Vec<u64> = self.values_of(account).map(one).collect();
        waits.retain(|wait| *wait > 0);
        waits.sort_unstable();
        let over = waits
            .len()
            .saturating_sub(usize::try_from(room).unwrap_or(usize::MAX));
        let last = over.checked_sub(1).and_then(|last| waits.get(last));
        last.copied().unwrap_or_default()
    }

    fn values_of(&self, account: &str) -> impl Iterator<Item = (&String, &BTreeMap<i64, u64>)> {
        let prefix = format!("{account}{VALUE}");
        let from = self.slots.range(prefix.clone()..);
        from.take_while(move |(name, _)| name.starts_with(&prefix))
    }
}

/// Between an account and what stands for one value.
pub const VALUE: char = '#';
/// Between an account and the place of a value of the present call.
pub const THIS_VALUE: &str = "#=";
