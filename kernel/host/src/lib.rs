//! The acting half of Aegis: it acts and cannot decide.
//!
//! Read [`lifecycle`] first: it is the life of one call.

mod allocator;
pub mod analyser;
pub mod capture;
mod catalogs;
pub mod cli;
pub mod clock;
pub mod config;
mod cosigned;
mod counted;
pub mod dial;
mod environment;
mod exposed;
pub mod force;
mod found;
mod guard;
mod guarded_file;
mod handshake;
pub mod journal;
#[cfg(target_os = "linux")]
mod keeper;
pub mod lifecycle;
mod listing;
pub mod load;
mod lock;
mod mediator;
pub mod native;
pub mod north;
mod offered;
mod panics;
mod private_file;
mod program;
pub mod progress;
mod random;
pub mod reload;
pub mod rounds;
pub mod rules;
mod sandbox;
mod secret_store;
pub mod south;
mod standing;
pub mod start;
pub mod state;
mod tokens;
mod told;
mod turn;
pub mod vault;
pub mod wire;
pub mod wish;
pub mod witness;
