//! Where the rules stand that could have a word in a call, so that the others are not asked.
//! Knows nothing of what they say: whoever finds a rule here still asks whether it is meant.
//!
//! A rule is filed under what a call must have for it to have a word (`needs.rs`), and found by what a call has
//! (`has.rs`). Only a rule that is certain to stay silent is left out, in a replay with unknowns too; what depends on
//! nothing of the kind is asked of every call.

mod found;
mod has;
mod key;
mod kind;
mod needs;

use std::collections::BTreeMap;

pub(super) use found::Found;
pub(super) use has::Has;
use key::{Key, Sort};
pub(super) use kind::Kind;
use kind::Slot;
use needs::needs;

use super::{Mode, Rule};

/// Where a rule stands, by kind.
type Place = (Slot, u32);

/// Places of rules that count, by kind and by what a call must have.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// Every one.
    every: Found,
    /// Those that may speak of any call.
    rest: Found,
    by: BTreeMap<Sort, BTreeMap<Box<str>, Vec<Place>>>,
    /// Whether any rule masks.
    masks: bool,
}

impl Index {
    pub(super) fn of(rules: &[Rule], watched: bool) -> Self {
        let mut this = Self::plain(rules);
        this.rest = Found::default();
        let all: Vec<(Place, Vec<Vec<Key<'_>>>)> = counting(rules)
            .map(|(place, rule)| (place, needs(rule, watched)))
            .collect();
        // Of what a rule needs, it is filed under what the fewest rules need.
        let mut wanted: BTreeMap<&Key<'_>, usize> = BTreeMap::new();
        for key in all.iter().flat_map(|(_, needs)| needs.iter().flatten()) {
            let count = wanted.entry(key).or_default();
            *count = count.saturating_add(1);
        }
        let crowd = |needs: &&Vec<Key<'_>>| -> usize {
            let counts = needs.iter().filter_map(|key| wanted.get(key));
            counts.fold(0, |sum, count| sum.saturating_add(*count))
        };
        for (place, needs) in &all {
            let Some(keys) = needs.iter().min_by_key(crowd) else {
                this.rest.add(*place);
                continue;
            };
            for key in keys {
                let words = this.by.entry(key.sort).or_default();
                let word = Box::from(key.word.as_ref());
                words.entry(word).or_default().push(*place);
            }
        }
        this
    }

    /// One in which every rule may speak of any call: what is found there is never too little.
    pub(super) fn plain(rules: &[Rule]) -> Self {
        let mut every = Found::default();
        let mut masks = false;
        for (place, rule) in counting(rules) {
            every.add(place);
            masks |= matches!(rule, Rule::Transform(rule) if rule.mask.is_some());
        }
        Self {
            rest: every.clone(),
            every,
            by: BTreeMap::new(),
            masks,
        }
    }

    /// Every rule.
    pub(super) fn every(&self) -> &Found {
        &self.every
    }

    /// Whether any rule masks.
    pub(super) fn masks(&self) -> bool {
        self.masks
    }

    /// The rules that could have a word, by place.
    pub(super) fn find(&self, has: &Has<'_>) -> Found {
        let mut found = self.rest.clone();
        for (sort, words) in &self.by {
            has.each(*sort, words, &mut |places| found.extend(places));
        }
        found.in_order();
        found
    }
}

/// The rules that count and their places.
fn counting(rules: &[Rule]) -> impl Iterator<Item = (Place, &Rule)> {
    let all = rules.iter().zip(0_u32..);
    let counting = all.filter(|(rule, _)| rule.head().mode == Mode::Enforce);
    counting.filter_map(|(rule, at)| Some(((Slot::of(rule)?, at), rule)))
}
