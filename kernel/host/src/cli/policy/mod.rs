//! `aegis policy`: what is asked about rules themselves, before any call; one file or folder a command.
//! Knows nothing of decisions.

mod diff;
mod lines;
mod matrix;
mod prove;
mod test;

use std::io::Write;
use std::path::{Path, PathBuf};

use aegis_core::source::Problem;
use clap::Subcommand;

use crate::load;

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
        PolicyCommand::Matrix(command) => matrix::run(&command, output),
        PolicyCommand::Diff(command) => diff::run(&command, output),
        PolicyCommand::Prove(command) => prove::run(&command, output),
        PolicyCommand::Test(command) => test::run(&command, output),
    }
}

/// The files that paths mean: themselves, or each `*.toml` of a folder.
fn expanded<'a>(
    paths: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<Vec<PathBuf>, Vec<Problem>> {
    gathered(paths, |path| {
        load::expanded(path).map_err(|problem| vec![problem])
    })
}

/// What all of them give, or every problem.
fn gathered<'a, T>(
    paths: impl IntoIterator<Item = &'a PathBuf>,
    read: impl Fn(&Path) -> Result<Vec<T>, Vec<Problem>>,
) -> Result<Vec<T>, Vec<Problem>> {
    let (mut all, mut found) = (Vec::new(), Vec::new());
    for path in paths {
        match read(path) {
            Ok(more) => all.extend(more),
            Err(problems) => found.extend(problems),
        }
    }
    match found.is_empty() {
        true => Ok(all),
        false => Err(found),
    }
}
