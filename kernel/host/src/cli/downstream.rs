//! `aegis downstream`: the MCP servers that ship in the same file, as separate processes.
//! Knows nothing of the kernel.

use std::io::Write;

use aegis_downstreams::postgres::{self, GrantMode, PostgresOptions, SetupOptions};
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
    /// SQL tables; the database is named by `AEGIS_POSTGRES_URL`, e.g. `sqlite:/data/customers.db` or `postgres://…`
    Postgres {
        #[command(subcommand)]
        setup: Option<Setup>,
        /// Serve calls without the kernel's grant: stand-alone use, no wall around columns
        #[arg(long)]
        open: bool,
    },
    /// Objects; the bucket is named by `AEGIS_S3_URL`, e.g. `file:/data/bucket` or `s3://…` (docs/S3.md)
    S3,
}

#[derive(Debug, Subcommand)]
enum Setup {
    /// The script that sets a PostgreSQL database up for the wall: roles, privileges, functions that are revoked
    Setup {
        /// Print the script; it is for a person to read and run, and nothing here runs it
        #[arg(long, required = true)]
        print: bool,
        /// The role that the server logs in as; statements run as ROLE_wall
        #[arg(long, value_name = "ROLE", default_value = "aegis")]
        login: String,
        /// The schema that is served
        #[arg(long, value_name = "SCHEMA", default_value = "public")]
        schema: String,
        /// Without INSERT, UPDATE and DELETE
        #[arg(long)]
        read_only: bool,
        /// With CREATE in the schema, for definitions and for publishing tables that do not exist yet
        #[arg(long, conflicts_with = "read_only")]
        definitions: bool,
    },
}

/// Runs the server until its input ends: 0 then, 2 where it cannot serve.
pub(super) fn run(command: &DownstreamCommand) -> u8 {
    // Its environment holds a credential: other downstreams run as the same user.
    crate::guard::raise();
    let served = match &command.server {
        Server::Postgres {
            setup: Some(setup), ..
        } => return print(setup),
        Server::Postgres { open, setup: None } => {
            let grant = if *open {
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
            crate::told::tell!("aegis downstream: {fault}");
            2
        }
    }
}

fn print(setup: &Setup) -> u8 {
    let Setup::Setup {
        login,
        schema,
        read_only,
        definitions,
        print: _,
    } = setup;
    let options = SetupOptions {
        login: login.clone(),
        schema: schema.clone(),
        writes: !read_only,
        definitions: *definitions,
    };
    let script = postgres::setup_script(&options);
    let written = std::io::stdout().write_all(script.as_bytes());
    u8::from(written.is_err())
}
