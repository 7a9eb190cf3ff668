//! Which rows stand behind every sum that one statement lets out, held against each other.
//! Knows nothing of values beyond how much they weigh.
//!
//! Rows that no sum tells apart form an atom. Whatever is computed from the sums weighs all rows of an atom alike,
//! so that no subtraction reaches fewer rows than the smallest atom has, nor one row more plainly than it dominates its
//! atom. While an atom is too small, or one row is too great a part of it, a sum is left out:
//! the one whose absence leaves the fewest such atoms, of those the one with the fewest rows, and of those the first. So the total of
//! all groups does not give away the one group that was too small to be shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::sealer::Identity;
use crate::postgres::measure::{Atoms, Behind, ROWS_MAX, SUMS_MAX, Terms, left_out};

/// A row behind a sum, and how much it weighs: the magnitude of its value.
pub(super) type Weighed = (Identity, f64);

/// One sum: the column, and a digest of its rows.
type Name = (u16, u128);

/// The sums of one statement, over one run of it.
#[derive(Debug, Default)]
struct Pages {
    terms: Terms,
    released: BTreeMap<Name, Vec<Weighed>>,
    /// In the order of the statement: which of two sums is left out is the same each time it is asked, so that
    /// nobody gets one now and the other later. (Names are digests under a key of the call.)
    order: Vec<Name>,
    rows: usize,
    /// Sums to leave out.
    barred: BTreeSet<Name>,
    suppressed: u64,
    overfull: bool,
}

/// The book that the aggregates write and the statement reads.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Book(Arc<Mutex<Pages>>);

/// What the book says after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Verdict {
    /// Nothing that was let out gives away too few rows.
    Sound,
    /// Some sums are barred now: run the statement again.
    Again,
    /// There are too many sums to tell.
    Overfull,
}

impl Book {
    pub(in super::super) fn new(terms: Terms) -> Self {
        let book = Self::default();
        book.open().terms = terms;
        book
    }

    /// Whether a sum over these different rows may be let out; then it is noted.
    pub(super) fn admits(&self, column: u16, mut rows: Vec<Weighed>) -> bool {
        rows.sort_unstable_by_key(|(row, _)| *row);
        let name = (column, digest(&rows));
        let mut pages = self.open();
        let telling = pages.terms.refuse(behind(&rows));
        if telling || pages.barred.contains(&name) {
            pages.suppressed += 1;
            return false;
        }
        if !pages.released.contains_key(&name) {
            pages.rows = pages.rows.saturating_add(rows.len());
            pages.overfull |= pages.rows > ROWS_MAX || pages.released.len() >= SUMS_MAX;
            if pages.overfull {
                return false;
            }
            pages.released.insert(name, rows);
            pages.order.push(name);
        }
        true
    }

    /// Notes a sum that was left out for what stood in it.
    pub(super) fn refuse(&self) {
        self.open().suppressed += 1;
    }

    /// Sums that were left out in the latest run.
    pub(in super::super) fn suppressed(&self) -> u64 {
        self.open().suppressed
    }

    /// Judges the latest run, and begins a new one.
    pub(in super::super) fn close(&self) -> Verdict {
        let mut pages = self.open();
        if pages.overfull {
            return Verdict::Overfull;
        }
        let barred = telling(&pages.released, &pages.order, pages.terms);
        if barred.is_empty() {
            return Verdict::Sound;
        }
        pages.barred.extend(barred);
        pages.released.clear();
        pages.order.clear();
        pages.rows = 0;
        pages.suppressed = 0;
        Verdict::Again
    }

    fn open(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A digest for telling sets apart within one call: the identities are pseudo-random already, so that their sum is.
fn digest(rows: &[Weighed]) -> u128 {
    rows.iter().fold(0, |sum: u128, (row, _)| {
        sum.wrapping_add(u128::from_be_bytes(*row))
    })
}

fn behind(rows: &[Weighed]) -> Behind {
    let mut all = Behind::default();
    for (_, magnitude) in rows {
        all.add(Behind::row(*magnitude));
    }
    all
}

/// The sums to leave out, so that no atom says too much; none where none does.
fn telling(
    released: &BTreeMap<Name, Vec<Weighed>>,
    order: &[Name],
    terms: Terms,
) -> BTreeSet<Name> {
    let mut barred = BTreeSet::new();
    let columns: BTreeSet<u16> = released.keys().map(|(column, _)| *column).collect();
    for column in columns {
        let sums: Vec<(&Name, &Vec<Weighed>)> = order
            .iter()
            .filter(|(of, _)| *of == column)
            .filter_map(|name| released.get_key_value(name))
            .collect();
        let rows = |at: u16| sums.get(usize::from(at)).map_or(0, |(_, rows)| rows.len());
        for at in left_out(atoms(&sums), rows, terms) {
            barred.extend(sums.get(usize::from(at)).map(|(name, _)| **name));
        }
    }
    barred
}

fn atoms(sums: &[(&Name, &Vec<Weighed>)]) -> Atoms {
    let mut within: HashMap<&Identity, (f64, Vec<u16>)> = HashMap::new();
    for (at, (_, rows)) in sums.iter().enumerate() {
        for (row, magnitude) in *rows {
            let at = u16::try_from(at).unwrap_or(u16::MAX);
            let (_, sums) = within.entry(row).or_insert((*magnitude, Vec::new()));
            sums.push(at);
        }
    }
    let mut atoms = Atoms::new();
    for (magnitude, sums) in within.into_values() {
        atoms.entry(sums).or_default().add(Behind::row(magnitude));
    }
    atoms
}
