//! What one call takes from one budget: reserved with the decision, before anything is sent.
//! Knows nothing of which rule asks and of the store behind it.

use std::collections::BTreeMap;

use crate::limits;

/// One amount that a call takes from one budget.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Charge {
    /// The rule whose budget it is, and what within it (a label, a tool): `rule/label`.
    pub account: String,
    /// Whether all principals pay from one budget, in place of each from its own.
    pub shared: bool,
    /// How much.
    pub amount: u64,
    /// How the budget fills again.
    pub over: Over,
    /// What of it is given back once the call has ended.
    pub back: Back,
}

/// How a budget fills again as time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Over {
    /// What was charged counts for so many seconds, and for at most one slot longer.
    Window {
        /// The window.
        seconds: u64,
    },
    /// What was charged is paid off at a steady rate: a token bucket.
    Bucket {
        /// How much is paid off in each period.
        refill: u64,
        /// The period, in milliseconds.
        every_ms: u64,
    },
}

/// When a charge is given back. What is not known to have ended (a crash) keeps its charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Back {
    /// Never: the attempt is what counts.
    Never,
    /// Where nothing was sent.
    Unsent,
    /// Where nothing was sent or the tool said that it failed, unless the agent gave the call up.
    Failed,
    /// What did not leave of what could have left.
    Unused(Unit),
}

/// What a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Permitted calls.
    Calls,
    /// Rows that leave.
    Rows,
    /// Bytes that leave.
    Bytes,
    /// Different values of an argument.
    Values,
}

impl Unit {
    /// The word in policies and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Rows => "rows",
            Self::Bytes => "bytes",
            Self::Values => "values",
        }
    }
}

impl Over {
    /// Where a charge stands that is made at this moment: the beginning of its slot. A bucket keeps the moment.
    #[must_use]
    pub fn slot_ms(self, at_ms: i64) -> i64 {
        match self {
            Self::Window { seconds } => {
                let grain = grain_ms(seconds);
                at_ms.div_euclid(grain).saturating_mul(grain)
            }
            Self::Bucket { .. } => at_ms,
        }
    }

    /// What an amount is in the books: of a bucket in parts of `every_ms`, so that nothing is lost in rounding.
    #[must_use]
    pub fn booked(self, amount: u64) -> u64 {
        match self {
            Self::Window { .. } => amount,
            Self::Bucket { every_ms, .. } => amount.saturating_mul(every_ms),
        }
    }

    /// From when on what stands in a slot counts for nothing any more.
    #[must_use]
    pub fn ends_ms(self, slot_ms: i64, booked: u64) -> i64 {
        match self {
            Self::Window { seconds } => slot_ms
                .saturating_add(grain_ms(seconds))
                .saturating_add(milliseconds(seconds)),
            Self::Bucket { refill, .. } => {
                slot_ms.saturating_add(signed(booked.div_ceil(refill.max(1))))
            }
        }
    }

    /// What still counts of the slots of one account, as it is booked. What lies in the future, where a clock
    /// was wrong, counts whole.
    #[must_use]
    pub fn owed(self, slots: &BTreeMap<i64, u64>, at_ms: i64) -> u64 {
        let counts = |(slot, booked): (&i64, &u64)| match self {
            Self::Window { .. } if self.ends_ms(*slot, *booked) > at_ms => *booked,
            Self::Window { .. } => 0,
            Self::Bucket { .. } => booked.saturating_sub(self.paid_since(*slot, at_ms)),
        };
        let all = slots.iter().map(counts);
        all.fold(0, u64::saturating_add)
    }

    /// What a bucket has paid off since a moment, as it is booked; nothing of a window.
    #[must_use]
    pub fn paid_since(self, from_ms: i64, at_ms: i64) -> u64 {
        match self {
            Self::Window { .. } => 0,
            Self::Bucket { refill, .. } => {
                let passed = u64::try_from(at_ms.saturating_sub(from_ms)).unwrap_or_default();
                passed.saturating_mul(refill)
            }
        }
    }

    /// What counts against the limit, in whole units.
    #[must_use]
    pub fn used(self, slots: &BTreeMap<i64, u64>, at_ms: i64) -> u64 {
        self.owed(slots, at_ms).div_ceil(self.booked(1).max(1))
    }

    /// After how many milliseconds, if nothing else is charged, no more than `room` counts.
    #[must_use]
    pub fn frees_ms(self, slots: &BTreeMap<i64, u64>, at_ms: i64, room: u64) -> u64 {
        let mut owed = self.owed(slots, at_ms);
        let room = self.booked(room);
        match self {
            Self::Bucket { refill, .. } => owed.saturating_sub(room).div_ceil(refill.max(1)),
            Self::Window { .. } => {
                let mut wait = 0;
                for (slot, booked) in slots {
                    let ends = self.ends_ms(*slot, *booked);
                    if owed <= room {
                        break;
                    }
                    if ends > at_ms {
                        owed = owed.saturating_sub(*booked);
                        wait = u64::try_from(ends.saturating_sub(at_ms)).unwrap_or_default();
                    }
                }
                wait
            }
        }
    }
}

fn signed(milliseconds: u64) -> i64 {
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}

fn milliseconds(seconds: u64) -> i64 {
    signed(seconds).saturating_mul(1_000)
}

/// The length of a slot: a charge counts for at most this much longer than the window.
fn grain_ms(window_s: u64) -> i64 {
    (milliseconds(window_s) / limits::BUDGET_SLOTS).max(1_000)
}
