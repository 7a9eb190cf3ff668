//! `aegis policy`: what a policy comes to, before any call.
//! Knows nothing of decisions.

mod lines;
mod matrix;

use clap::Subcommand;

/// The commands about a policy.
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Print who may do what, with which conditions, masks and caps, as a text that is reviewed as a diff
    ///
    /// Exit codes: 0 done and true, 1 with --check: the file says otherwise, 2 usage or configuration error.
    Matrix(matrix::MatrixCommand),
}

/// Runs the command and gives its exit code.
#[must_use]
pub(super) fn run(command: PolicyCommand) -> u8 {
    match command {
        PolicyCommand::Matrix(command) => matrix::run(&command),
    }
}
