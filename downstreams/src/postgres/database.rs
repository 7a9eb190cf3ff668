//! The database behind the tools: one file, or a server; both do the same.
//! Knows nothing of MCP, nor of how either does it.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::code::Failure;
use super::grant::Grant;
use super::options::{GrantMode, PostgresOptions, URL_EXAMPLE, URL_VARIABLE};
use super::server::Server;
use super::sqlite;
use crate::ServeError;
use crate::blocking::CommitGate;

/// One of the two engines.
#[derive(Clone)]
pub(super) enum Database {
    File(sqlite::Database),
    Server(Server),
}

impl Database {
    /// Opens what the location names.
    pub(super) fn at(options: &PostgresOptions) -> Result<Self, ServeError> {
        let url = options.url.as_str();
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Server::at(url, options.grant == GrantMode::Required).map(Self::Server);
        }
        let path = url
            .strip_prefix("sqlite:")
            .filter(|path| !path.is_empty())
            .ok_or(ServeError::UnknownForm(URL_VARIABLE, URL_EXAMPLE))?;
        let database = sqlite::Database::at(Path::new(path));
        let database = database.map_err(|_reason| ServeError::Unusable(URL_VARIABLE))?;
        Ok(Self::File(database))
    }

    /// Runs a statement that reads; the result and the engine's own report.
    pub(super) fn query(
        &self,
        grant: &Arc<Grant>,
        sql: &str,
        params: Vec<Value>,
    ) -> Result<(Value, Value), Failure> {
        match self {
            Self::File(file) => {
                let (value, seen) = file.query(grant, sql, params)?;
                Ok((value, seen.to_json()))
            }
            Self::Server(server) => server.query(grant, sql, params),
        }
    }

    /// Runs a statement that writes; the result and the engine's own report.
    pub(super) fn execute(
        &self,
        grant: &Arc<Grant>,
        sql: &str,
        params: Vec<Value>,
        gate: &CommitGate,
    ) -> Result<(Value, Value), Failure> {
        match self {
            Self::File(file) => {
                let (value, seen) = file.execute(grant, sql, params, gate)?;
                Ok((value, seen.to_json()))
            }
            Self::Server(server) => server.execute(grant, sql, params, gate),
        }
    }

    /// The tables and views that the grant lets be read.
    pub(super) fn list_tables(&self, grant: &Grant) -> Result<Value, Failure> {
        match self {
            Self::File(file) => file.list_tables(grant),
            Self::Server(server) => server.list_tables(grant),
        }
    }

    /// One table's columns.
    pub(super) fn describe_table(&self, grant: &Grant, table: &str) -> Result<Value, Failure> {
        match self {
            Self::File(file) => file.describe_table(grant, table),
            Self::Server(server) => server.describe_table(grant, table),
        }
    }

    /// All tables with what their rows must keep to.
    pub(super) fn describe_catalog(&self) -> Result<Value, Failure> {
        match self {
            Self::File(file) => file.describe_catalog(),
            Self::Server(server) => server.describe_catalog(),
        }
    }

    /// A table as canonical text.
    pub(super) fn export_table(&self, grant: &Grant, table: &str) -> Result<Value, Failure> {
        match self {
            Self::File(file) => file.export_table(grant, table),
            Self::Server(server) => server.export_table(grant, table),
        }
    }

    /// Lets a table hold exactly the rows of another.
    pub(super) fn publish_table(
        &self,
        grant: &Arc<Grant>,
        publication: (&str, &str, &str),
        gate: &CommitGate,
    ) -> Result<Value, Failure> {
        match self {
            Self::File(file) => file.publish_table(grant, publication, gate),
            Self::Server(server) => server.publish_table(grant, publication, gate),
        }
    }
}
