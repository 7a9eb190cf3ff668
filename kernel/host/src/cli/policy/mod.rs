//! `aegis policy`: what a policy comes to, before any call.
//! Knows nothing of decisions.

mod diff;
mod lines;
mod matrix;
mod prove;

use clap::Subcommand;

/// The commands about a policy.
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Print who may do what, with which conditions, masks and caps, as a text that is reviewed as a diff
    ///
    /// Exit codes: 0 done and true, 1 with --check: the file says otherwise, 2 usage or configuration error.
    Matrix(matrix::MatrixCommand),
    /// Tell what authority one policy gives more or less than another, with a call for what became possible
    ///
    /// Exit codes: 0 nothing was widened, 1 something was, or cannot be compared exactly, 2 usage or configuration error.
    Diff(diff::DiffCommand),
    /// Answer questions about the policy by exhausting the classes of calls that its rules can tell apart
    ///
    /// Each `[[ask]]` says what is `never` permitted or must be `possible`. What does not hold comes with a call that
    /// `aegis explain` can be given.
    ///
    /// Exit codes: 0 everything holds, 1 something does not hold or is not decided, 2 usage or configuration error.
    Prove(prove::ProveCommand),
}

/// Runs the command and gives its exit code.
#[must_use]
pub(super) fn run(command: PolicyCommand) -> u8 {
    match command {
        PolicyCommand::Matrix(command) => matrix::run(&command),
        PolicyCommand::Diff(command) => diff::run(&command),
        PolicyCommand::Prove(command) => prove::run(&command),
    }
}
