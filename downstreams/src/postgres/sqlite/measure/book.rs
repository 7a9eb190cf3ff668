//! Which rows stand behind every sum that one statement lets out, held against each other.
//! Knows nothing of values.
//!
//! Rows that no sum tells apart form an atom. Whatever is computed from the sums weighs all rows of an atom alike,
//! so that no subtraction reaches fewer rows than the smallest atom has. While one is too small, a sum is left out:
//! the one whose absence leaves the fewest small atoms, and of those the one with the fewest rows. So the total of
//! all groups does not give away the one group that was too small to be shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::sealer::Identity;

/// Sums of one statement that are held against each other, at the most.
const SUMS_MAX: usize = 1_000;
/// Rows behind all of them, each as often as it is summed.
const ROWS_MAX: usize = 2_000_000;

/// One sum: the column, and a digest of its rows.
type Name = (u16, u128);

/// The sums of one statement, over one run of it.
#[derive(Debug, Default)]
struct Pages {
    rows_min: u64,
    released: BTreeMap<Name, Vec<Identity>>,
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
    pub(in super::super) fn new(rows_min: u64) -> Self {
        let book = Self::default();
        book.open().rows_min = rows_min;
        book
    }

    /// Whether a sum over these different rows may be let out; then it is noted.
    pub(super) fn admits(&self, column: u16, mut rows: Vec<Identity>) -> bool {
        rows.sort_unstable();
        let name = (column, digest(&rows));
        let mut pages = self.open();
        let few = u64::try_from(rows.len()).unwrap_or(u64::MAX) < pages.rows_min;
        if few || pages.barred.contains(&name) {
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
        let barred = small(&pages.released, pages.rows_min);
        if barred.is_empty() {
            return Verdict::Sound;
        }
        pages.barred.extend(barred);
        pages.released.clear();
        pages.rows = 0;
        pages.suppressed = 0;
        Verdict::Again
    }

    fn open(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A digest for telling sets apart within one call: the identities are pseudo-random already, so that their sum is.
fn digest(rows: &[Identity]) -> u128 {
    rows.iter().fold(0, |sum: u128, row| {
        sum.wrapping_add(u128::from_be_bytes(*row))
    })
}

/// Sums by their place in the list of all, and how many rows lie in exactly those.
type Atoms = BTreeMap<Vec<u16>, u64>;

/// The sums to leave out, so that every atom is large enough; none where all are.
fn small(released: &BTreeMap<Name, Vec<Identity>>, rows_min: u64) -> BTreeSet<Name> {
    let mut barred = BTreeSet::new();
    let columns: BTreeSet<u16> = released.keys().map(|(column, _)| *column).collect();
    for column in columns {
        let sums: Vec<(&Name, &Vec<Identity>)> = released
            .iter()
            .filter(|((of, _), _)| *of == column)
            .collect();
        let mut atoms = atoms(&sums);
        while atoms.values().any(|rows| *rows < rows_min) {
            let Some(at) = costs_least(&atoms, &sums, rows_min) else {
                break;
            };
            atoms = without(&atoms, at);
            barred.extend(sums.get(usize::from(at)).map(|(name, _)| **name));
        }
    }
    barred
}

fn atoms(sums: &[(&Name, &Vec<Identity>)]) -> Atoms {
    let mut within: HashMap<&Identity, Vec<u16>> = HashMap::new();
    for (at, (_, rows)) in sums.iter().enumerate() {
        for row in *rows {
            let at = u16::try_from(at).unwrap_or(u16::MAX);
            within.entry(row).or_default().push(at);
        }
    }
    let mut atoms = Atoms::new();
    for sums in within.into_values() {
        *atoms.entry(sums).or_default() += 1;
    }
    atoms
}

/// The atoms once a sum is left out: those that only it told apart become one.
fn without(atoms: &Atoms, sum: u16) -> Atoms {
    let mut fewer = Atoms::new();
    for (sums, rows) in atoms {
        let sums: Vec<u16> = sums.iter().copied().filter(|at| *at != sum).collect();
        if !sums.is_empty() {
            *fewer.entry(sums).or_default() += rows;
        }
    }
    fewer
}

fn costs_least(atoms: &Atoms, sums: &[(&Name, &Vec<Identity>)], rows_min: u64) -> Option<u16> {
    let standing: BTreeSet<u16> = atoms.keys().flatten().copied().collect();
    let cost = |at: &u16| {
        let small = without(atoms, *at)
            .values()
            .filter(|rows| **rows < rows_min)
            .count();
        let rows = sums.get(usize::from(*at)).map_or(0, |(_, rows)| rows.len());
        (small, rows)
    };
    standing.into_iter().min_by_key(cost)
}
