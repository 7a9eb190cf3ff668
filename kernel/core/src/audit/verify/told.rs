//! What a verifier can tell between two records.
//! Knows nothing of how it came to know it.

use std::collections::HashSet;

use super::Verifier;
use crate::audit::{Id, Leaf, Pruned, Removed, Tally};

impl Verifier {
    /// The log's id, once a record was read.
    #[must_use]
    pub fn log(&self) -> Option<Id> {
        self.log
    }

    /// The number that comes next: how many records there are.
    #[must_use]
    pub fn next_seq(&self) -> u64 {
        self.next
    }

    /// The hash of the last line.
    #[must_use]
    pub fn last_leaf(&self) -> Option<Leaf> {
        self.last
    }

    /// Whether the last record is a `log.close`.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether the last record seals its file: the next one begins another.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// The calls in flight.
    #[must_use]
    pub fn open_calls(&self) -> &HashSet<Id> {
        &self.open
    }

    /// Records whose bytes were removed.
    #[must_use]
    pub fn removed(&self) -> &Removed {
        &self.removed
    }

    /// What the newest record of a removal of whole files says.
    #[must_use]
    pub fn pruned(&self) -> Option<&Pruned> {
        self.pruned.as_ref()
    }

    /// Whether roots can be told: every leaf since record 0 was seen.
    #[must_use]
    pub fn is_rooted(&self) -> bool {
        self.rooted
    }

    /// What was counted.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The RFC 6962 root over all records; meaningful where the log was read from its start.
    #[must_use]
    pub fn root(&self) -> Leaf {
        self.tree.root()
    }

    /// `ts` of the first and the last record read.
    #[must_use]
    pub fn times(&self) -> (&str, &str) {
        let times = self.times.as_ref();
        times.map_or(("", ""), |(first, last)| (first.as_str(), last.as_str()))
    }
}
