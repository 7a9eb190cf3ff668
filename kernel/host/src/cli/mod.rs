//! The command line: one file a command.
//! Knows nothing of decisions.

pub mod check;
pub mod problems;

use std::process::ExitCode;

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::from(2)
}
