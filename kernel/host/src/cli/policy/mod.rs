//! `aegis policy`: what is asked about rules themselves, one file or folder a command.
//! Knows nothing of calls that are made.

mod test;

use std::io::Write;

use clap::Subcommand;

/// Actions of `aegis policy`.
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
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

/// Runs the command and returns its exit code.
#[must_use]
pub(super) fn run(command: &PolicyCommand, output: impl Write) -> u8 {
    match command {
        PolicyCommand::Test(command) => test::run(command, output),
    }
}
