//! The moments of a week that hours can tell apart, one of each class.
//! Knows nothing of the present.

use std::collections::{BTreeMap, BTreeSet};

use crate::now::Now;
use crate::policy::when::Hours;

const MINUTE_MS: i64 = 60_000;
const DAY: i64 = 24 * 60;
const WEEK: i64 = 7 * DAY;
/// Monday, 2026-01-05T00:00:00Z: the week that moments are taken from. Any other is the same to `Hours`.
const MONDAY_MS: i64 = 1_767_571_200_000;
/// Noon: the moment where no rule asks for the time.
const NOON: i64 = 12 * 60;

/// One moment of each class: hours change their word only where one of them begins or ends, or a day does in its zone.
pub(super) fn moments(hours: &[Hours]) -> Vec<Now> {
    let mut edges = BTreeSet::from([NOON]);
    for one in hours {
        for day in 0..7 {
            for minute in [0, i64::from(one.from), i64::from(one.to)] {
                let at = day * DAY + minute - i64::from(one.zone);
                edges.insert(at.rem_euclid(WEEK));
            }
        }
    }
    let mut classes: BTreeMap<Vec<bool>, Now> = BTreeMap::new();
    for edge in edges {
        let now = Now {
            unix_ms: MONDAY_MS + edge * MINUTE_MS,
        };
        let word = hours.iter().map(|one| one.holds(now)).collect();
        classes.entry(word).or_insert(now);
    }
    classes.into_values().collect()
}

/// The moment in words that `aegis explain` reads: `2026-01-05T12:00:00Z`.
#[must_use]
pub(super) fn stamp(now: Now) -> String {
    let minutes = (now.unix_ms - MONDAY_MS).div_euclid(MINUTE_MS);
    let (day, minute) = (5 + minutes.div_euclid(DAY), minutes.rem_euclid(DAY));
    format!("2026-01-{day:02}T{:02}:{:02}:00Z", minute / 60, minute % 60)
}
