//! Follows a log record by record and stops at the first thing that does not hold.
//! Knows nothing of files: it is given lines and told where files begin.

mod told;

use std::collections::{HashSet, VecDeque};

use super::{
    Class, Decision, Frontier, Glance, Id, Kind, Leaf, Pruned, Record, Removed, Seen, Stamp, Tally,
    Violation,
};
use crate::limits;

/// What must be known of a log to go on with it between two records.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Resumed {
    pub log: Id,
    pub boot: Id,
    pub next: u64,
    pub last: Leaf,
    /// The first record of the present file.
    pub file_first: u64,
    pub closed: bool,
    pub sealed: bool,
    pub open: HashSet<Id>,
    /// Over all records before.
    pub tree: Frontier,
}

/// The state of a log between two records.
#[derive(Clone, Debug)]
pub struct Verifier {
    log: Option<Id>,
    boot: Option<Id>,
    next: u64,
    last: Option<Leaf>,
    /// Whether every record before is known, so that starts and pairs can be judged.
    whole: bool,
    /// Whether every leaf before is known, so that roots can be.
    rooted: bool,
    file_begins: bool,
    closed: bool,
    sealed: bool,
    file_first: u64,
    open: HashSet<Id>,
    /// Calls of earlier starts whose end is still owed.
    stale: usize,
    epochs: VecDeque<String>,
    /// The catalogues of this start, the newest last.
    catalogs: VecDeque<Leaf>,
    tree: Frontier,
    removed: Removed,
    pruned: Option<Pruned>,
    /// The first record that is there, and the root before it, where earlier ones are known by their leaves alone.
    begun: Option<(u64, Leaf)>,
    tally: Tally,
    /// Of the first record read and of the last.
    times: Option<(Stamp, Stamp)>,
    scratch: Vec<u8>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::from_start()
    }
}

impl Verifier {
    /// Begins before record 0.
    #[must_use]
    pub fn from_start() -> Self {
        Self {
            log: None,
            boot: None,
            next: 0,
            last: None,
            whole: true,
            rooted: true,
            file_begins: true,
            closed: false,
            sealed: false,
            file_first: 0,
            open: HashSet::new(),
            stale: 0,
            epochs: VecDeque::new(),
            catalogs: VecDeque::new(),
            tree: Frontier::default(),
            removed: Removed::default(),
            pruned: None,
            begun: None,
            tally: Tally::default(),
            times: None,
            scratch: Vec::new(),
        }
    }

    /// Begins at a file whose first record is `seq`, taking on trust what it says of the past: its
    /// `prev`, the calls in flight, the rules in force.
    #[must_use]
    pub fn from_file(seq: u64) -> Self {
        Self {
            next: seq,
            whole: seq == 0,
            rooted: seq == 0,
            ..Self::from_start()
        }
    }

    /// Begins behind records of which only the leaves are known: what the first record says of their meaning is
    /// taken on trust, their hashes are not. `last` is the leaf of the record before.
    #[must_use]
    pub fn from_leaves(tree: Frontier, last: Leaf) -> Self {
        Self {
            next: tree.size(),
            whole: false,
            last: Some(last),
            begun: Some((tree.size(), tree.root())),
            tree,
            ..Self::from_start()
        }
    }

    /// Begins between two records, where everything before was known to hold.
    #[must_use]
    pub fn resume(at: Resumed) -> Self {
        Self {
            log: Some(at.log),
            boot: Some(at.boot),
            next: at.next,
            last: Some(at.last),
            whole: false,
            file_begins: at.next == at.file_first,
            file_first: at.file_first,
            closed: at.closed,
            sealed: at.sealed,
            open: at.open,
            tree: at.tree,
            ..Self::from_start()
        }
    }

    /// Says that the next line is the first one of a file named after `first_seq`.
    ///
    /// # Errors
    /// [`Class::Gap`] where that is not the number that comes next.
    pub fn begin_file(&mut self, first_seq: u64) -> Result<(), Violation> {
        self.file_begins = true;
        self.file_first = first_seq;
        if first_seq == self.next {
            return Ok(());
        }
        let class = if first_seq > self.next {
            Class::Gap
        } else {
            Class::Reorder
        };
        Err(self.wrong(
            class,
            format!("the next file begins with record {first_seq}"),
        ))
    }

    /// Takes the next line, without its newline.
    ///
    /// # Errors
    /// The first thing that does not hold. The state is then of no more use.
    pub fn accept<'l>(&mut self, line: &'l [u8]) -> Result<(Record<'l>, Leaf), Violation> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let read = Record::parse(line, &mut scratch);
        self.scratch = scratch;
        let record = read.map_err(|fault| self.wrong(Class::Malformed, fault.to_string()))?;
        let leaf = Leaf::of_line(line);
        self.follow(&Seen::of(&record, leaf))?;
        Ok((record, leaf))
    }

    /// Takes the next line, read already by [`Glance::of`].
    ///
    /// # Errors
    /// The first thing that does not hold. The state is then of no more use.
    pub fn take(&mut self, line: &Glance) -> Result<(), Violation> {
        match line {
            Glance::Record(seen) => self.follow(seen),
            Glance::Tombstone(tombstone) => {
                self.numbered(tombstone.seq)?;
                if self.last.is_none() || self.file_begins || self.closed || self.sealed {
                    return Err(self.wrong(
                        Class::UnauthRedaction,
                        "a tombstone in the place of a beginning".into(),
                    ));
                }
                if let Err(detail) = self.removed.stone(*tombstone) {
                    return Err(self.wrong(Class::UnauthRedaction, detail.into()));
                }
                self.step(tombstone.leaf);
                Ok(())
            }
        }
    }

    fn follow(&mut self, record: &Seen) -> Result<(), Violation> {
        self.place(record)?;
        self.meaning(record)?;
        self.count(record);
        self.step(record.leaf);
        self.closed = match record.kind {
            Kind::LogClose => true,
            Kind::SegmentSeal => self.closed,
            _ => false,
        };
        self.sealed = record.kind == Kind::SegmentSeal;
        Ok(())
    }

    fn step(&mut self, leaf: Leaf) {
        if self.rooted {
            self.tree.push(leaf);
        }
        self.last = Some(leaf);
        self.next += 1;
        self.file_begins = false;
    }

    fn numbered(&self, seq: u64) -> Result<(), Violation> {
        let class = match seq.cmp(&self.next) {
            std::cmp::Ordering::Equal => return Ok(()),
            std::cmp::Ordering::Greater => Class::Gap,
            std::cmp::Ordering::Less => Class::Reorder,
        };
        Err(self.wrong(class, format!("record {seq} stands here")))
    }

    /// Log, number and link.
    fn place(&mut self, record: &Seen) -> Result<(), Violation> {
        if *self.log.get_or_insert(record.log) != record.log {
            return Err(self.wrong(Class::Splice, "a record of another log".into()));
        }
        let seq = record.seq;
        self.numbered(seq)?;
        let expected = match self.last {
            Some(leaf) => leaf,
            None if self.next == 0 => Leaf::genesis(&record.log.to_string()),
            None => record.prev,
        };
        if record.prev != expected {
            let mut wrong = self.wrong(
                Class::Edit,
                format!(
                    "`prev` of record {seq} is {}, the line before it hashes to {expected}",
                    record.prev
                ),
            );
            wrong.seq = seq.saturating_sub(1);
            return Err(wrong);
        }
        Ok(())
    }

    /// What must hold between records: starts, pairs, rules.
    fn meaning(&mut self, record: &Seen) -> Result<(), Violation> {
        let opens = record.kind == Kind::LogOpen;
        let seals_a_close = record.kind == Kind::SegmentSeal && self.closed && !self.sealed;
        if (self.next == 0 || self.closed) && !opens && !seals_a_close {
            return Err(self.wrong(Class::Splice, "only a start may stand here".into()));
        }
        if self.sealed && !self.file_begins {
            return Err(self.wrong(Class::Splice, "a record behind its file's seal".into()));
        }
        if self.file_begins && !opens && record.kind != Kind::SegmentOpen {
            return Err(self.wrong(Class::Splice, "a file begins in the middle".into()));
        }
        if record.kind == Kind::SegmentOpen && !self.file_begins {
            return Err(self.wrong(Class::Splice, "a file's beginning in its middle".into()));
        }
        if let Some(open) = &record.open {
            self.in_flight(open)?;
        }
        if opens {
            self.boot = Some(record.boot);
            self.whole |= self.rooted;
            self.stale = self.open.len();
            self.epochs.clear();
            self.catalogs.clear();
        } else if *self.boot.get_or_insert(record.boot) != record.boot {
            return Err(self.wrong(Class::Splice, "a record of another start".into()));
        }
        self.catalogue(record)?;
        match record.kind {
            Kind::Intent => self.intent(record),
            Kind::Decision if record.decision == Some(Decision::Allow) => Err(self.wrong(
                Class::Malformed,
                "a call that was allowed and never made".into(),
            )),
            Kind::Outcome => self.outcome(record),
            Kind::SegmentSeal => self.seal(record),
            Kind::Redaction => {
                if let Some((seq, leaf)) = record.redaction.as_deref().copied() {
                    self.removed.authorise(record.seq, seq, leaf);
                }
                Ok(())
            }
            Kind::RetentionPrune => {
                // The record comes before the deed: a newer one may name files that are still there. The one that
                // explains where the log begins is kept.
                let explains = |prune: &Pruned| self.begun == Some((prune.to.get(), prune.root));
                if !self.pruned.as_ref().is_some_and(explains) {
                    self.pruned = record.prune.as_deref().cloned();
                }
                Ok(())
            }
            Kind::LogClose if !self.open.is_empty() && self.removed.count() == 0 => {
                Err(self.wrong(Class::Unpaired, "the log closes on calls in flight".into()))
            }
            Kind::PolicyLoad => {
                if let Some(epoch) = &record.epoch {
                    self.epochs.push_back(epoch.clone());
                }
                if self.epochs.len() > limits::OPEN_EPOCHS_MAX {
                    self.epochs.pop_front();
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The calls that a file or a start says are in flight.
    fn in_flight(&mut self, said: &[Id]) -> Result<(), Violation> {
        let said_set: HashSet<Id> = said.iter().copied().collect();
        let unseen = !self.whole && self.boot.is_none();
        if unseen || self.removed.may_explain(&said_set, &self.open) {
            self.open = said_set;
            return Ok(());
        }
        if said_set == self.open && said.len() == self.open.len() {
            return Ok(());
        }
        Err(self.wrong(
            Class::Unpaired,
            "the calls in flight are not those that are named".into(),
        ))
    }

    fn intent(&mut self, record: &Seen) -> Result<(), Violation> {
        if self.stale > 0 && self.removed.count() == 0 {
            return Err(self.wrong(
                Class::Unpaired,
                "calls of the start before have no end".into(),
            ));
        }
        if record.decision != Some(Decision::Allow) {
            return Err(self.wrong(Class::Malformed, "an intent that was not allowed".into()));
        }
        let fresh = record.call.is_some_and(|call| self.open.insert(call));
        if !fresh || self.open.len() > limits::OPEN_CALLS_MAX {
            return Err(self.wrong(
                Class::Unpaired,
                "a second intent of one call, or too many in flight".into(),
            ));
        }
        let known = record
            .epoch
            .as_ref()
            .is_some_and(|epoch| self.epochs.iter().any(|known| known == epoch));
        if self.whole && !known && self.removed.count() == 0 {
            return Err(self.wrong(
                Class::Unresolved,
                "the policy epoch was never loaded".into(),
            ));
        }
        Ok(())
    }

    /// A decision names a catalogue that was read in this start.
    fn catalogue(&mut self, record: &Seen) -> Result<(), Violation> {
        let Some(named) = record.catalog else {
            return Ok(());
        };
        if record.kind == Kind::CatalogLoad {
            self.catalogs.retain(|known| *known != named);
            self.catalogs.push_back(named);
            if self.catalogs.len() > limits::OPEN_CATALOGS_MAX {
                self.catalogs.pop_front();
            }
            return Ok(());
        }
        let known = self.catalogs.iter().rev().any(|known| *known == named);
        if self.whole && !known && self.removed.count() == 0 {
            let what = "the catalogue was never read";
            return Err(self.wrong(Class::Unresolved, what.into()));
        }
        Ok(())
    }

    fn outcome(&mut self, record: &Seen) -> Result<(), Violation> {
        let paired = record.call.is_some_and(|call| self.open.remove(&call));
        if !paired && !self.removed.excuse() {
            return Err(self.wrong(
                Class::Unpaired,
                "an end without an intent, or a second end".into(),
            ));
        }
        self.stale = self.stale.saturating_sub(1);
        Ok(())
    }

    /// A seal says how many records its file holds and which tree they end.
    fn seal(&self, record: &Seen) -> Result<(), Violation> {
        let Some(seal) = &record.seal else {
            return Ok(());
        };
        let count = self.next.saturating_sub(self.file_first);
        if seal.count.get() != count || (self.rooted && seal.root != self.root()) {
            return Err(self.wrong(
                Class::Edit,
                "a seal that names another count or root than its file has".into(),
            ));
        }
        Ok(())
    }

    fn count(&mut self, record: &Seen) {
        self.tally.add(record);
        let (first, last) = *self.times.get_or_insert((record.ts, record.ts));
        self.tally.clock_back += u64::from(record.ts < last);
        self.times = Some((first, record.ts));
    }

    /// A violation at the record that is next.
    #[must_use]
    pub fn wrong(&self, class: Class, detail: String) -> Violation {
        Violation {
            class,
            seq: self.next,
            detail,
        }
    }
}
