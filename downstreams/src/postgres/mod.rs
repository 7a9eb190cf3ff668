//! An MCP server for SQL tables, backed by a file of SQLite or a server of PostgreSQL.
//! Knows nothing of who asks: what a call may do travels with it, as its grant.

mod code;
mod database;
mod export;
mod grant;
mod handler;
mod lookup;
mod mask;
mod measure;
mod names;
mod options;
mod page;
mod quote;
mod relation;
mod revealed;
mod server;
mod sqlite;
mod tools;

pub use handler::PostgresHandler;
pub use options::{GrantMode, PostgresOptions};
pub use server::{Console, SetupOptions, location_for, script as setup_script};

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
