//! The acting half of Aegis: it acts and cannot decide.
//!
//! Read [`lifecycle`] first: it is the life of one call.

pub mod cli;
pub mod clock;
pub mod config;
pub mod journal;
pub mod lifecycle;
pub mod north;
pub mod random;
pub mod rules;
pub mod south;
pub mod state;
