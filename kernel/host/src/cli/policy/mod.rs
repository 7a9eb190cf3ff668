//! `aegis policy`: what is asked about rules themselves, before any call; one file or folder a command.
//! Knows nothing of decisions.

mod lines;
mod matrix;
mod test;

use std::io::Write;

use clap::Subcommand;

/// The commands about a policy.
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Print who may do what, with which conditions, masks and caps, as a text that is reviewed as a diff
    ///
    /// Exit codes: 0 done and true, 1 with --check: the file says otherwise, 2 usage or configuration error.
    Matrix(matrix::MatrixCommand),
    /// Hold the rules against cases that stand beside them
    ///
    /// A case is a call and the decision that must come out. Each rule needs a case in which it speaks and one in
    /// which it stays silent where it is closest to speaking. Cases stand in `cases/NAME.toml` beside each policy
    /// file `NAME.toml`, unless files or folders are named here.
    ///
    /// Exit codes: 0 all holds, 1 a case does not hold, a rule lacks its cases or (with --mutation) a changed policy
    /// is told from the real one by no case, 2 usage, configuration or a case that cannot be read.
    Test(test::TestCommand),
}

/// Runs the command and gives its exit code.
#[must_use]
pub(super) fn run(command: PolicyCommand, output: impl Write) -> u8 {
    match command {
        PolicyCommand::Matrix(command) => {
            drop(output); // it writes by itself
            matrix::run(&command)
        }
        PolicyCommand::Test(command) => test::run(&command, output),
    }
}
