//! Sums held against each other: rows that no sum tells apart form an atom, and no atom may be too small.
//! Knows nothing of how the rows were counted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Behind, Terms};

/// Sums by their place in the list of all, and the rows that lie in exactly those.
pub(in crate::postgres) type Atoms = BTreeMap<Vec<u16>, Behind>;

/// The sums of one column to leave out, so that no atom says too much; none where none does. `rows` is how many rows
/// a sum has.
pub(in crate::postgres) fn left_out(
    mut atoms: Atoms,
    rows: impl Fn(u16) -> usize,
    terms: Terms,
) -> BTreeSet<u16> {
    let mut out = BTreeSet::new();
    while atoms.values().any(|behind| terms.refuse(*behind)) {
        let Some(at) = costs_least(&atoms, &rows, terms) else {
            break;
        };
        atoms = without(&atoms, at);
        out.insert(at);
    }
    out
}

/// The atoms once a sum is left out: those that only it told apart become one.
fn without(atoms: &Atoms, sum: u16) -> Atoms {
    let mut fewer = Atoms::new();
    for (sums, behind) in atoms {
        let sums: Vec<u16> = sums.iter().copied().filter(|at| *at != sum).collect();
        if !sums.is_empty() {
            fewer.entry(sums).or_default().add(*behind);
        }
    }
    fewer
}

fn costs_least(atoms: &Atoms, rows: impl Fn(u16) -> usize, terms: Terms) -> Option<u16> {
    let standing: BTreeSet<u16> = atoms.keys().flatten().copied().collect();
    let cost = |at: &u16| {
        let small = without(atoms, *at)
            .values()
            .filter(|behind| terms.refuse(**behind))
            .count();
        (small, rows(*at))
    };
    standing.into_iter().min_by_key(cost)
}
