//! What may be told of the rows behind sums, whichever engine counted them.
//! Knows nothing of engines and of values beyond how much they weigh.

mod atoms;
mod terms;

pub(super) use atoms::{Atoms, left_out};
pub(super) use terms::{Behind, Terms};

/// Sums of one statement, at the most. Two answers may differ by one row in as many places as they have sums, and no
/// budget of calls bounds that otherwise.
pub(super) const SUMS_MAX: usize = 100;
/// Rows behind all of them, each as often as it is summed.
pub(super) const ROWS_MAX: usize = 2_000_000;
/// How often a statement is run again, each time with fewer sums, before it is given up.
pub(super) const RUNS_MAX: usize = 8;
