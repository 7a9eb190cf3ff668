//! One SQLite database, opened anew for every call so that no call leaves anything for the next.
//! Knows nothing of MCP.

mod catalog;
mod connect;
mod constraints;
mod error;
mod execute;
mod export;
mod functions;
mod measure;
mod publish;
mod query;
mod quote;
mod read_wall;
mod revision;
mod rows;
mod schema;
mod sealer;
mod seals;
mod seen;
mod stored_words;
mod tags;
mod text;
mod value;
mod veil;
mod write_wall;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::code::{Failure, PostgresCode};
use connect::Access;

/// Where the database is.
#[derive(Clone)]
pub(super) struct Database {
    path: PathBuf,
}

impl Database {
    /// Checks that there is a database at `path`, and lets SQLite finish what a crashed writer left.
    pub(super) fn at(path: &Path) -> Result<Self, Failure> {
        let database = Self {
            // Absolute, so that SQLite cannot take a name that begins with `file:` for a URI.
            path: path.canonicalize().map_err(error::from_io)?,
        };
        if database.path.to_str().is_none() {
            return Err(PostgresCode::Internal.into());
        }
        database.touch()?;
        Ok(database)
    }

    /// A handle that only reads. Where a journal lies beside the database its writer may have died,
    /// so it is settled first.
    fn reader(&self) -> Result<Connection, Failure> {
        self.settle()?;
        connect::open(&self.path, Access::Read)
    }

    fn settle(&self) -> Result<(), Failure> {
        let mut journal = self.path.clone().into_os_string();
        journal.push("-journal");
        if Path::new(&journal).exists() {
            self.touch()?;
        }
        Ok(())
    }

    /// Reads with a handle that may write, which is what rolls a hot journal back.
    fn touch(&self) -> Result<(), Failure> {
        let connection = connect::open(&self.path, Access::Write)?;
        connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
                row.get::<_, i64>(0)
            })
            .map(|_count| ())
            .map_err(|error| error::classify(&error))
    }
}
