//! Helpers that more than one test file uses.
//! Knows nothing of any single test.

pub mod answers;
mod client;
mod corpus;
mod hostile;
mod house;
mod listening;
pub mod policies;
mod postgres_server;
pub mod processes;
mod self_signed;
mod spell;
mod world;

use std::path::PathBuf;

pub use client::Client;
pub use corpus::corpus;
pub use hostile::before_hostile;
pub use house::House;
pub use listening::Listening;
pub use postgres_server::PostgresServer;
pub use self_signed::self_signed;
pub use spell::{SPELLINGS, spelled};
pub use world::{TempWorld, aegis};

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}
