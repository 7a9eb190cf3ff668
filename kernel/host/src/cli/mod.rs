//! The command line: one file a command, and the only place that prints.
//! Knows nothing of decisions.

mod analysed;
mod audit;
mod check;
mod demo;
mod downstream;
mod explain;
pub mod inspect_sql;
pub mod inspect_text;
mod manifest;
mod mask;
mod pinned;
mod pins;
mod policy;
pub mod problems;
mod receipts;
mod replay;
mod rules_anew;
mod sandboxed;
mod schema;
mod secrets;
mod serve;
mod serve_http;
mod witness;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

#[cfg(target_os = "linux")]
use crate::keeper;

/// Whether whoever read the output went away (`| head`): it has what it wanted, and nothing failed.
fn has_gone(fault: &std::io::Error) -> bool {
    fault.kind() == std::io::ErrorKind::BrokenPipe
}

/// A compliance kernel for MCP: the one process between an AI agent and a company's data.
///
/// The agent talks only to Aegis. Aegis holds every credential, reads every argument, decides by
/// rules, masks personal data and keeps a log that an outsider can verify.
///
/// Begin with `aegis demo`. Then `aegis demo --prepare DIR` builds the same world for an agent of your own.
///
/// Exit codes: 0 done and true, 1 the thing checked does not hold, 2 usage or configuration error;
/// `audit verify` adds 3 below the required level, 4 torn tail, 5 unreadable.
#[derive(Debug, Parser)]
#[command(name = "aegis", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve an agent on standard input and output, or agents over HTTP
    ///
    /// Standard output carries the protocol and nothing else. The principal is the one that the
    /// configuration names, or one of those that it lets the parent process name, over HTTP the one whose token is sent: nothing that the agent says can change it.
    Serve {
        #[command(flatten)]
        config: ConfigArgument,
        /// Serve over HTTP, as `[north.http]` says; an address given here takes the place of `listen`
        #[arg(long, value_name = "ADDRESS", num_args = 0..=1)]
        http: Option<Option<SocketAddr>>,
        /// Who speaks on standard input: one of `others` in the configuration. Whoever starts the kernel says it
        #[arg(long, value_name = "NAME", conflicts_with = "http")]
        principal: Option<String>,
    },
    /// Tell the before/after story on real processes
    Demo(demo::DemoCommand),
    /// Load everything and report every problem with file, line, column and a fix
    ///
    /// Safe in CI: starts nothing and reads no secret. On success it prints who may do what.
    Check {
        #[command(flatten)]
        config: ConfigArgument,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Decide calls from standard input without any effect
    ///
    /// One JSON object a line: {"id", "principal", "tool", "arguments", "receipts"?, "at"?}.
    /// `at` is the moment of the decision, `2026-11-28T09:30:00Z`; the present where it is left out.
    Explain {
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object a line instead of text
        #[arg(long)]
        jsonl: bool,
    },
    /// What a policy comes to, before any call
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Print the JSON Schema of a kind of file, for editors
    ///
    /// Made from what the readers themselves ask of a file. It says which keys there are and of which type;
    /// `aegis check` says the rest.
    Schema {
        /// Of which files
        #[arg(value_enum)]
        kind: schema::Kind,
    },
    /// Show what the interceptors and detectors see
    #[command(subcommand)]
    Inspect(Inspect),
    /// Mask personal data and secrets in a file or pipe: text, JSON, JSON lines, CSV
    ///
    /// Exit codes: 0 done, 1 something was found under --check or could not be masked, 2 usage or unreadable
    /// input. What cannot be masked is not written.
    Mask(mask::MaskCommand),
    /// Verify and read the log
    Audit(audit::AuditCommand),
    /// Sign what was seen of logs, on another machine (C2SP tlog-witness)
    Witness(witness::WitnessCommand),
    /// Make recorded decisions again, under their own rules and under others
    ///
    /// Only over a log that verifies. Each decision is made again from what its record holds, under the
    /// rules of its epoch; then, with --policy, under the rules given, held against the same manifests.
    ///
    /// Exit codes: 0 every recorded decision follows from its record, 1 the log does not hold or a decision
    /// does not follow, 2 usage or problems in the policy given, 3 with --fail-on-change: something would
    /// change or cannot be told, 5 unreadable.
    Replay(replay::ReplayCommand),
    /// List, show and verify receipts
    Receipts(receipts::ReceiptsCommand),
    /// Manifests of servers that others wrote
    #[command(subcommand)]
    Manifest(manifest::ManifestCommand),
    /// Show and accept what the tools of downstreams say they are
    ///
    /// Starts the configured servers as `serve` does, asks for their tools and ends them; the log has a record of it, so no
    /// kernel may hold the same log meanwhile. A running kernel goes by what is accepted from its next start on.
    ///
    /// Exit codes: 0 done, 1 under `diff`: something is not as it was accepted, under `accept`: it was declined,
    /// 2 usage, configuration, or a server that does not serve.
    Pins(pins::PinsCommand),
    /// Set, list, remove secrets in the encrypted store, and give it another passphrase
    Secrets(secrets::SecretsCommand),
    /// Run one of the downstream MCP servers that ship with Aegis, on standard input and output
    Downstream(downstream::DownstreamCommand),
    /// The demo's agent: an MCP client that plays the script
    #[command(hide = true)]
    DemoAgent {
        /// The configuration to serve
        #[arg(long)]
        config: PathBuf,
        /// The name of the run
        #[arg(long)]
        run: String,
        /// Speak PostgreSQL
        #[arg(long)]
        on_postgres: bool,
    },
}

/// The configuration file.
#[derive(Clone, Debug, clap::Args)]
struct ConfigArgument {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "aegis.toml")]
    config: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Inspect {
    /// Read SQL statements into facts: {"id", "sql"} a line
    Sql {
        /// The engine that would run them
        #[arg(long, value_enum)]
        dialect: Dialect,
        /// The catalogue of tables, columns and labels
        #[arg(long, value_name = "FILE")]
        catalog: PathBuf,
        /// One JSON object a line, in and out
        #[arg(long)]
        jsonl: bool,
        /// Show the lineage of each statement as a tree for people
        #[arg(long)]
        explain: bool,
    },
    /// Find and mask personal data and secrets: {"id", "text"} or {"id", "json"} a line
    Text {
        /// Which detectors run, with which operators
        #[arg(long, value_name = "FILE")]
        profile: Option<PathBuf>,
        /// A configuration whose [masking.analyser] names an external analyser that looks at every text as well
        #[arg(long, value_name = "FILE")]
        analyser: Option<PathBuf>,
        /// One JSON object a line, in and out
        #[arg(long)]
        jsonl: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Dialect {
    Sqlite,
    Postgres,
}

/// Stack of the thread that reads statements, in bytes. The longest admitted ones fit into a small part
/// of it, whatever limit the shell sets for the first thread.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    {
        let mut arguments = std::env::args_os().skip(1);
        // Before anything is read or built: each downstream's start waits for it.
        if arguments.next().is_some_and(|word| word == keeper::WORD) {
            return ExitCode::from(keeper::run(arguments));
        }
    }
    let cli = Cli::parse();
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    match thread
        .spawn(move || dispatch(cli))
        .map(|thread| thread.join())
    {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => ExitCode::from(1),
        Err(problem) => {
            crate::told::tell!("aegis: no thread: {problem}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(cli: Cli) -> ExitCode {
    let (input, output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let code = match cli.command {
        Command::Serve {
            config,
            http,
            principal,
        } => {
            drop((input, output));
            serve::run(&config.config, http, principal.as_deref())
        }
        Command::Demo(command) => {
            drop((input, output));
            demo::run(&command)
        }
        Command::DemoAgent {
            config,
            run,
            on_postgres,
        } => {
            drop((input, output));
            play(&config, &run, on_postgres)
        }
        Command::Downstream(command) => {
            drop((input, output));
            downstream::run(&command)
        }
        Command::Check { config, json } => check::run(&config.config, json),
        Command::Explain { config, jsonl } => explain::run(&config.config, jsonl, input, output),
        Command::Policy(command) => {
            drop(input);
            policy::run(command, output)
        }
        Command::Inspect(Inspect::Sql {
            dialect,
            catalog,
            jsonl,
            explain,
        }) => inspect_sql::run(dialect.into(), &catalog, jsonl, explain, input, output),
        Command::Inspect(Inspect::Text {
            profile,
            analyser,
            jsonl: _,
        }) => inspect_text::run(profile.as_deref(), analyser.as_deref(), input, output),
        Command::Schema { kind } => schema::run(kind, output),
        Command::Mask(command) => mask::run(&command, input, output),
        Command::Audit(command) => {
            drop(input);
            audit::run(command)
        }
        Command::Witness(command) => witness::run(command),
        Command::Replay(command) => {
            drop(input);
            let mut output = output;
            replay::run(&command, &mut output)
        }
        Command::Receipts(command) => receipts::run(command),
        Command::Manifest(command) => manifest::run(&command),
        Command::Pins(command) => pins::run(&command, input),
        Command::Secrets(command) => {
            drop((input, output));
            secrets::run(&command)
        }
    };
    ExitCode::from(code)
}

fn play(config: &std::path::Path, run: &str, on_postgres: bool) -> u8 {
    match demo::play(config, run, on_postgres) {
        Ok(()) => 0,
        Err(problem) => {
            crate::told::tell!("aegis demo-agent: {problem}");
            1
        }
    }
}

impl From<Dialect> for aegis_core::inspect::sql::Dialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Sqlite => Self::Sqlite,
            Dialect::Postgres => Self::Postgres,
        }
    }
}
