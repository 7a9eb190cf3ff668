//! Sums of measures: who may be summed is sealed row by row, and the wall's own aggregates open it and count.
//! Knows nothing of grants beyond their terms.
//!
//! Any expression sees sealed forms. Only the bare column inside `sum`, `avg` or `total` is opened, and only for the
//! result of the aggregate. A sum is NULL where fewer different rows than `rows_min` stand behind it, where a row
//! counts twice (a join that repeats one would weigh it), where one dominates it, where all are zero, or where anything
//! else is mixed in.
//! What remains is held against each other by [`book`].

mod book;
mod plain;
mod sums;

pub(super) use book::{Book, Verdict};
pub(super) use sums::register;
