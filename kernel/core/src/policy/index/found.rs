//! Rules that were found, by kind.
//! Knows nothing of how.

use super::Place;
use super::kind::Slot;

/// Places of rules by kind, each in order and once.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct Found([Vec<u32>; Slot::COUNT]);

impl Found {
    /// The places of one kind.
    pub(in crate::policy) fn of(&self, slot: Slot) -> impl Iterator<Item = usize> + use<'_> {
        let places = self.0.get(slot as usize).into_iter().flatten();
        places.filter_map(|at| usize::try_from(*at).ok())
    }

    pub(super) fn add(&mut self, (slot, at): Place) {
        if let Some(places) = self.0.get_mut(slot as usize) {
            places.push(at);
        }
    }

    pub(super) fn extend(&mut self, places: &[Place]) {
        for place in places {
            self.add(*place);
        }
    }

    pub(super) fn in_order(&mut self) {
        for places in &mut self.0 {
            places.sort_unstable();
            places.dedup();
        }
    }
}
