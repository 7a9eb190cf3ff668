//! The command line: the only place that prints.
//! Knows nothing of decisions.

pub mod inspect_sql;
