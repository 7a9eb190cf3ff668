//! Why a step with the server failed, and which of the closed set of codes that is; the server's texts stop here.
//! Knows nothing of tools.

use std::io;

use crate::postgres::code::{Failure, PostgresCode};

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server said no, with this SQLSTATE. Its text can quote data and is not kept.
    Told(String),
    /// The connection is gone, or what came over it makes no sense.
    Lost,
    /// The time is over.
    Late,
    /// Refused on this side.
    Refused(Failure),
}

impl From<PostgresCode> for Fault {
    fn from(code: PostgresCode) -> Self {
        Self::Refused(code.into())
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Late,
            _ => Self::Lost,
        }
    }
}

impl Fault {
    /// The code of a fault within a call.
    pub(super) fn code(&self) -> Failure {
        match self {
            Self::Told(state) => of_engine(state).into(),
            Self::Lost => PostgresCode::ConnectionLost.into(),
            Self::Late => PostgresCode::Timeout.into(),
            Self::Refused(failure) => *failure,
        }
    }
}

/// PostgreSQL's appendix A, by class and where a class is too coarse by code.
fn of_engine(state: &str) -> PostgresCode {
    match state {
        "42501" | "25006" => PostgresCode::NotPermitted,
        "42P01" => PostgresCode::NoSuchTable,
        "57014" => PostgresCode::Timeout,
        "55P03" | "40001" | "40P01" | "55006" => PostgresCode::Busy,
        "54000" | "22P06" | "53200" => PostgresCode::TooLarge,
        "08P01" => PostgresCode::BadArgument,
        // An administrator, a crash or a shutdown ended the session.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => PostgresCode::ConnectionLost,
        _ => match state.get(..2) {
            Some("23" | "44") => PostgresCode::Constraint,
            Some("53") => PostgresCode::Busy,
            Some("54") => PostgresCode::TooLarge,
            Some("08") => PostgresCode::ConnectionLost,
            Some("0A" | "21" | "22" | "25" | "26" | "34" | "42" | "P0" | "2B" | "3F") => {
                PostgresCode::BadStatement
            }
            _ => PostgresCode::Internal,
        },
    }
}
