//! What the store holds, verified, in memory: the truth that the file is compared with at every use.
//! Knows nothing of SQL or files.

use std::collections::BTreeMap;

use aegis_core::limits;
use aegis_core::now::Now;
use aegis_core::receipt::{LedgerView, Receipt, Spending};

use super::charges::{Charges, Slot};
use super::notes::{Note, Notes};

/// The counters of the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Position of the latest mint or write.
    pub(super) seq: u64,
    /// Every subject counts as written at this position at least.
    pub(super) floor: u64,
    /// The latest moment that a transaction saw, in milliseconds since 1970 UTC.
    pub(super) high_ms: i64,
}

/// All receipts and writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    pub(super) head: Head,
    pub(super) receipts: BTreeMap<String, Receipt>,
    pub(super) writes: BTreeMap<String, u64>,
    pub(super) charges: Charges,
    pub(super) notes: Notes,
    /// The latest moment that this process saw; the head's follows when something is written.
    pub(super) seen_ms: i64,
}

/// What one transaction changes.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) receipts: Vec<Receipt>,
    pub(super) writes: BTreeMap<String, u64>,
    pub(super) dropped_receipts: Vec<String>,
    pub(super) dropped_writes: Vec<String>,
    /// Slots of budgets with their new sums.
    pub(super) charges: Charges,
    /// Slots that count for nothing any more.
    pub(super) dropped_charges: Vec<Slot>,
    /// What is to be remembered of data, and what need not any more.
    pub(super) notes: Vec<Note>,
    pub(super) dropped_notes: Vec<Note>,
}

impl Change {
    /// Whether anything is to be written.
    pub(super) fn is_any(&self) -> bool {
        let receipts = self.receipts.is_empty() && self.writes.is_empty();
        let notes = self.notes.is_empty() && self.dropped_notes.is_empty();
        !(receipts && self.charges.is_empty() && notes)
    }
}

impl Ledger {
    /// What a decision about these subjects sees, budgets aside.
    pub(super) fn view(&self, subjects: &[String], now: Now) -> LedgerView {
        let mut last_write = BTreeMap::new();
        for subject in subjects {
            let position = self.last_write(subject);
            if position > 0 {
                last_write.insert(subject.clone(), position);
            }
        }
        LedgerView {
            receipts: self
                .receipts
                .values()
                .filter(|receipt| subjects.contains(&receipt.subject))
                .cloned()
                .collect(),
            last_write,
            clock_went_back: self.clock_went_back(now),
            spending: Spending::default(),
        }
    }

    /// The position of the latest write to a subject; 0 where there was none.
    pub(super) fn last_write(&self, subject: &str) -> u64 {
        let noted = self.writes.get(subject).copied().unwrap_or_default();
        noted.max(self.head.floor)
    }

    /// Whether the clock stands before the latest moment that was seen.
    pub(super) fn clock_went_back(&self, now: Now) -> bool {
        let latest_ms = self.head.high_ms.max(self.seen_ms);
        now.unix_ms.saturating_add(limits::CLOCK_TOLERANCE_MS) < latest_ms
    }

    /// The head after a transaction at this moment that changes something.
    pub(super) fn head_at(&self, now: Now) -> Head {
        Head {
            high_ms: self.head.high_ms.max(self.seen_ms).max(now.unix_ms),
            ..self.head
        }
    }

    /// Remembers that this moment was seen.
    pub(super) fn see(&mut self, now: Now) {
        self.seen_ms = self.seen_ms.max(now.unix_ms);
    }

    /// Notes writes, each at a position of its own. Where more subjects would be remembered than the
    /// bound allows, the oldest are forgotten and the floor rises to them: their receipts, and those of
    /// every subject not written since, become void. Forgetting never makes a receipt valid.
    pub(super) fn note_writes(&self, subjects: &[String], head: &mut Head) -> Change {
        let mut change = Change::default();
        for subject in subjects {
            head.seq = head.seq.saturating_add(1);
            change.writes.insert(subject.clone(), head.seq);
        }
        let fresh = change
            .writes
            .keys()
            .filter(|subject| !self.writes.contains_key(*subject))
            .count();
        let excess = (self.writes.len() + fresh).saturating_sub(limits::WRITTEN_SUBJECTS_MAX);
        if excess > 0 {
            let mut oldest: Vec<_> = self
                .writes
                .iter()
                .filter(|(subject, _)| !change.writes.contains_key(*subject))
                .map(|(subject, seq)| (*seq, subject))
                .collect();
            oldest.sort_unstable();
            // An eighth more, so that a full book is not sorted at every write.
            let room = excess + limits::WRITTEN_SUBJECTS_MAX / 8;
            for (seq, subject) in oldest.into_iter().take(room) {
                head.floor = head.floor.max(seq);
                change.dropped_writes.push(subject.clone());
            }
        }
        change
    }

    /// The receipts of a subject that make room for one more, the oldest first.
    pub(super) fn surplus(&self, subject: &str) -> Vec<String> {
        let mut of_subject: Vec<_> = self
            .receipts
            .values()
            .filter(|receipt| receipt.subject == subject)
            .map(|receipt| (receipt.seq, &receipt.id))
            .collect();
        of_subject.sort_unstable();
        let excess = (of_subject.len() + 1).saturating_sub(limits::RECEIPTS_PER_SUBJECT_MAX);
        let oldest = of_subject.into_iter().take(excess);
        oldest.map(|(_, id)| id.clone()).collect()
    }

    /// Takes over what was committed.
    pub(super) fn apply(&mut self, change: Change, head: Head) {
        for id in &change.dropped_receipts {
            self.receipts.remove(id);
        }
        for subject in &change.dropped_writes {
            self.writes.remove(subject);
        }
        for receipt in change.receipts {
            self.receipts.insert(receipt.id.clone(), receipt);
        }
        self.writes.extend(change.writes);
        for slot in &change.dropped_charges {
            self.charges.remove(slot);
        }
        self.charges.extend(change.charges);
        for note in &change.dropped_notes {
            self.notes.remove(note);
        }
        self.notes.extend(change.notes);
        self.head = head;
        // A mint may have begun the mark anew at an earlier moment.
        self.seen_ms = head.high_ms;
    }
}
