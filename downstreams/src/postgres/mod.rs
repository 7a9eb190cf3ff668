//! An MCP server for SQL tables, backed by SQLite.
//! Knows nothing of who asks: what a call may do travels with it, as its grant.

mod code;
mod grant;
mod handler;
mod lookup;
mod mask;
mod names;
mod options;
mod revealed;
mod sqlite;
mod tools;

pub use handler::PostgresHandler;
pub use options::{GrantMode, PostgresOptions};

use crate::{ServeError, stdio};

/// The server as a value, for any transport.
///
/// # Errors
/// Where the location is of an unknown form or does not lead to a database.
pub fn handler(options: &PostgresOptions) -> Result<PostgresHandler, ServeError> {
    PostgresHandler::new(options)
}

/// Serves on standard input and output until the input closes; blocks.
///
/// # Errors
/// As [`handler()`], or where stdio cannot be served.
pub fn serve(options: PostgresOptions) -> Result<(), ServeError> {
    let handler = handler(&options)?;
    drop(options);
    stdio::run(handler)
}
