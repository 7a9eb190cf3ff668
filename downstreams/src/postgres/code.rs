//! The closed set of errors that the SQL server answers with.
//! Knows nothing of the engine's own texts, which can quote data.

use crate::answer::Code;
use crate::arguments::BadArgument;
use crate::blocking::NoOutcome;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PostgresCode {
    BadStatement,
    NotPermitted,
    NoSuchTable,
    Constraint,
    TooManyRows,
    SmallGroups,
    Timeout,
    TooLarge,
    Busy,
    ContentChanged,
    SchemaChanged,
    GrantRequired,
    BadArgument,
    NotOnThisEngine,
    Unreachable,
    ConnectionLost,
    Internal,
}

impl Code for PostgresCode {
    fn as_str(self) -> &'static str {
        match self {
            Self::BadStatement => "bad-statement",
            Self::NotPermitted => "not-permitted",
            Self::NoSuchTable => "no-such-table",
            Self::Constraint => "constraint",
            Self::TooManyRows => "too-many-rows",
            Self::SmallGroups => "small-groups",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::Busy => "busy",
            Self::ContentChanged => "content-changed",
            Self::SchemaChanged => "schema-changed",
            Self::GrantRequired => "grant-required",
            Self::BadArgument => "bad-argument",
            Self::NotOnThisEngine => "not-on-this-engine",
            Self::Unreachable => "unreachable",
            Self::ConnectionLost => "connection-lost",
            Self::Internal => "internal",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::BadStatement => "the text is not one statement that this tool can run",
            Self::NotPermitted => "the statement needs more than the grant of this call",
            Self::NoSuchTable => "there is no table or view of that name",
            Self::Constraint => "a constraint of the table forbids this; nothing was changed",
            Self::TooManyRows => {
                "the statement changes more rows than allowed; nothing was changed"
            }
            Self::SmallGroups => {
                "too few rows stand behind these sums, or there are too many sums to tell"
            }
            Self::Timeout => "the statement took too long; nothing was changed",
            Self::TooLarge => "a value, result or table is larger than allowed",
            Self::Busy => "the database is in use; try again",
            Self::ContentChanged => {
                "the content is not the one that was named; nothing was changed"
            }
            Self::SchemaChanged => {
                "the tables are not those that the grant was made for; nothing was executed"
            }
            Self::GrantRequired => "the call carries no grant",
            Self::BadArgument => "an argument or the grant is missing, unknown or of a wrong form",
            Self::NotOnThisEngine => {
                "the wall of this engine cannot do what the call needs; nothing was executed"
            }
            Self::Unreachable => "the database cannot be reached; nothing was executed",
            Self::ConnectionLost => {
                "the connection was lost after the statement was sent; it may have happened"
            }
            Self::Internal => "the database could not be used",
        }
    }
}

/// A failed call: its code and, for `too-many-rows`, how many rows it would have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: PostgresCode,
    pub(super) rows: Option<u64>,
}

impl From<PostgresCode> for Failure {
    fn from(code: PostgresCode) -> Self {
        Self { code, rows: None }
    }
}

impl From<BadArgument> for Failure {
    fn from(_: BadArgument) -> Self {
        PostgresCode::BadArgument.into()
    }
}

impl From<NoOutcome> for Failure {
    fn from(reason: NoOutcome) -> Self {
        match reason {
            NoOutcome::Busy => PostgresCode::Busy.into(),
            NoOutcome::Timeout => PostgresCode::Timeout.into(),
            NoOutcome::Broken => PostgresCode::Internal.into(),
        }
    }
}
