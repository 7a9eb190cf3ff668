//! The acting half of Aegis: it acts and cannot decide.
//!
//! Read [`lifecycle`] first: it is the life of one call.

pub mod cli;
pub mod clock;
pub mod config;
mod environment;
pub mod journal;
pub mod lifecycle;
pub mod load;
pub mod native;
pub mod north;
mod random;
pub mod rules;
pub mod south;
pub mod state;
pub mod wire;
