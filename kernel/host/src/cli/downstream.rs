//! `aegis downstream`: the MCP servers that ship in the same file, as separate processes.
//! Knows nothing of the kernel.

use clap::{Args, Subcommand};

/// Which server is run.
#[derive(Debug, Args)]
pub(super) struct DownstreamCommand {
    #[command(subcommand)]
    server: Server,
}

#[derive(Debug, Subcommand)]
enum Server {
    /// SQL tables; the database is named by AEGIS_POSTGRES_URL, e.g. sqlite:/data/customers.db
    Postgres {
        /// Serve calls without the kernel's grant: stand-alone use, no wall around columns
        #[arg(long)]
        open: bool,
    },
    /// Objects; the bucket is named by AEGIS_S3_URL, e.g. file:/data/bucket
    S3,
}

/// Runs the server until its input ends.
pub(super) fn run(command: DownstreamCommand) -> u8 {
    let _ = command;
    2
}
