//! From SQLite's errors to the closed set of codes; the texts stop here.
//! Knows nothing of tools.

use rusqlite::{Error, ErrorCode};

use crate::postgres::code::{Failure, PostgresCode};

/// The code of an error. SQLite's own text decides one question and is then dropped.
pub(super) fn classify(error: &Error) -> Failure {
    let code = match error {
        Error::SqliteFailure(failure, text) => of_engine(failure.code, text.as_deref()),
        Error::SqlInputError { error, msg, .. } => of_engine(error.code, Some(msg)),
        Error::MultipleStatement | Error::InvalidQuery | Error::NulError(_) => {
            PostgresCode::BadStatement
        }
        Error::InvalidParameterCount(..) | Error::InvalidParameterName(_) => {
            PostgresCode::BadArgument
        }
        _ => PostgresCode::Internal,
    };
    code.into()
}

fn of_engine(code: ErrorCode, text: Option<&str>) -> PostgresCode {
    match code {
        ErrorCode::AuthorizationForStatementDenied
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied => PostgresCode::NotPermitted,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::SchemaChanged => {
            PostgresCode::Busy
        }
        ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch => PostgresCode::Constraint,
        ErrorCode::OperationInterrupted => PostgresCode::Timeout,
        ErrorCode::TooBig | ErrorCode::OutOfMemory => PostgresCode::TooLarge,
        ErrorCode::ParameterOutOfRange => PostgresCode::BadArgument,
        ErrorCode::Unknown if text.is_some_and(|text| text.starts_with("no such table")) => {
            PostgresCode::NoSuchTable
        }
        ErrorCode::Unknown => PostgresCode::BadStatement,
        _ => PostgresCode::Internal,
    }
}

/// The database file itself cannot be reached.
pub(super) fn from_io(_: std::io::Error) -> Failure {
    PostgresCode::Internal.into()
}
