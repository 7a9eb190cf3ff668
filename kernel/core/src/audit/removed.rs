//! Records whose bytes were removed: which are authorised, and what can no longer be judged because of them.
//! Knows nothing of how they are removed.

use std::collections::{BTreeMap, HashSet};

use super::{Id, Leaf, Tombstone};
use crate::limits;

/// The tombstones of a log so far.
#[derive(Clone, Debug, Default)]
pub struct Removed {
    /// Those whose authorising record was not read yet.
    pending: BTreeMap<u64, Tombstone>,
    count: u64,
    /// Ends whose intent may be one of the removed records, excused so far.
    excused: u64,
}

impl Removed {
    /// A tombstone stands here. The record that authorises it comes later: it names the leaf that stood here.
    pub(super) fn stone(&mut self, tombstone: Tombstone) -> Result<(), &'static str> {
        if tombstone.auth <= tombstone.seq {
            return Err("a tombstone that an earlier record is said to authorise");
        }
        if self.pending.len() >= limits::TOMBSTONES_PENDING_MAX {
            return Err("more tombstones without their authorising record than can be remembered");
        }
        self.count += 1;
        self.pending.insert(tombstone.seq, tombstone);
        Ok(())
    }

    /// Record `auth` says that the bytes of record `seq` with this leaf may go.
    pub(super) fn authorise(&mut self, auth: u64, seq: u64, leaf: Leaf) {
        let fits = |stone: &Tombstone| stone.auth == auth && stone.leaf == leaf;
        if self.pending.get(&seq).is_some_and(fits) {
            self.pending.remove(&seq);
        }
    }

    /// Whether an end without its intent may be explained by a removed record; each explains one.
    pub(super) fn excuse(&mut self) -> bool {
        let may = self.excused < self.count;
        self.excused += u64::from(may);
        may
    }

    /// Whether two accounts of the calls in flight may differ because of removed records.
    pub(super) fn may_explain(&self, said: &HashSet<Id>, known: &HashSet<Id>) -> bool {
        let differ = said.symmetric_difference(known).count();
        differ > 0 && u64::try_from(differ).is_ok_and(|differ| differ <= self.count)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first one that no record authorises.
    #[must_use]
    pub fn unauthorised(&self) -> Option<&Tombstone> {
        self.pending.values().next()
    }
}
