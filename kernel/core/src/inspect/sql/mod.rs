//! Reads SQL into facts.
//! Knows nothing of policies.

/// The engine that runs the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}
