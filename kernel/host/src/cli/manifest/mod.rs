//! `aegis manifest`: a starter manifest from a server's own list of tools.
//! Knows nothing of how a draft is made.

mod draft;

use clap::Subcommand;

/// Actions of `aegis manifest`.
#[derive(Debug, Subcommand)]
pub(super) enum ManifestCommand {
    /// Start a server, ask for its tools, and draft a manifest for it
    ///
    /// What is not sure is not granted: read the draft before anybody uses it. The server gets no secret of the kernel's; what it
    /// needs is given by --env. Exit codes: 0 done, 2 usage, or a server that does not serve.
    Draft(draft::DraftCommand),
}

/// Runs the command.
#[must_use]
pub(super) fn run(command: &ManifestCommand) -> u8 {
    match command {
        ManifestCommand::Draft(command) => draft::run(command),
    }
}
