//! One SQLite database, opened anew for every call so that no call leaves anything for the next.
//! Knows nothing of MCP.

mod catalog;
mod connect;
mod error;
mod execute;
mod export;
mod functions;
mod publish;
mod query;
mod quote;
mod read_wall;
mod rows;
mod schema;
mod seen;
mod tags;
mod text;
mod value;
mod veil;
mod write_wall;

use std::path::{Path, PathBuf};

pub(super) use seen::Seen;

use super::code::Failure;
use connect::Access;

/// Where the database is.
#[derive(Clone)]
pub(super) struct Database {
    path: PathBuf,
}

impl Database {
    /// Checks that there is a database at `path`, and lets SQLite finish what a crashed writer left:
    /// a read-only handle cannot roll a hot journal back.
    pub(super) fn at(path: &Path) -> Result<Self, Failure> {
        let database = Self {
            // Absolute, so that SQLite cannot take a name that begins with `file:` for a URI.
            path: path.canonicalize().map_err(error::from_io)?,
        };
        let connection = connect::open(&database.path, Access::Write)?;
        connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
                row.get::<_, i64>(0)
            })
            .map_err(|error| error::classify(&error))?;
        Ok(database)
    }
}
