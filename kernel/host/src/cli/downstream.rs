//! `aegis downstream`: the MCP servers that ship in the same file, as separate processes.
//! Knows nothing of the kernel.

use aegis_downstreams::postgres::{self, GrantMode, PostgresOptions};
use aegis_downstreams::s3::{self, S3Options};
use clap::{Args, Subcommand};

/// Which server is run.
#[derive(Debug, Args)]
pub(super) struct DownstreamCommand {
    #[command(subcommand)]
    server: Server,
}

#[derive(Debug, Subcommand)]
enum Server {
    /// SQL tables; the database is named by `AEGIS_POSTGRES_URL`, e.g. `sqlite:/data/customers.db`
    Postgres {
        /// Serve calls without the kernel's grant: stand-alone use, no wall around columns
        #[arg(long)]
        open: bool,
    },
    /// Objects; the bucket is named by `AEGIS_S3_URL`, e.g. `file:/data/bucket`
    S3,
}

/// Runs the server until its input ends: 0 then, 2 where it cannot serve.
pub(super) fn run(command: &DownstreamCommand) -> u8 {
    let served = match command.server {
        Server::Postgres { open } => {
            let grant = if open {
                GrantMode::Open
            } else {
                GrantMode::Required
            };
            PostgresOptions::from_env(grant).and_then(postgres::serve)
        }
        Server::S3 => S3Options::from_env().and_then(s3::serve),
    };
    match served {
        Ok(()) => 0,
        Err(fault) => {
            eprintln!("aegis downstream: {fault}");
            2
        }
    }
}
