//! `aegis replay`: recorded decisions, made again under their own rules and under others.
//! Knows nothing of how a decision is made; `core` does.

mod books;
mod report;
mod values;
mod walk;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use aegis_core::source::Problem;
use clap::Args;

use super::audit::{Paint, plain};
use super::problems::{self, Severity};
use report::Report;
use values::Values;

/// Arguments of `aegis replay`.
#[derive(Args, Debug)]
pub(super) struct ReplayCommand {
    /// The log's folder; its texts of manifests and policies lie in `policies/`
    #[arg(long, value_name = "DIR")]
    log: PathBuf,
    /// A policy file, or a folder of them: what would it have decided? May be given several times
    #[arg(long = "policy", value_name = "FILE|DIR")]
    policies: Vec<PathBuf>,
    /// A private key of `audit capture keygen`: values that were captured for it are judged too. May be given several times
    #[arg(long = "capture-key", value_name = "FILE")]
    capture_keys: Vec<PathBuf>,
    /// The folder of captures; without it `captures` in the log's folder
    #[arg(long, value_name = "DIR", requires = "capture_keys")]
    captures: Option<PathBuf>,
    /// The folder `keys` beside the state, without which nothing that was captured opens; without it the one beside the
    /// log's folder
    #[arg(long, value_name = "DIR", requires = "capture_keys")]
    keys: Option<PathBuf>,
    /// Examples shown for each rule
    #[arg(long, value_name = "N", default_value_t = 3)]
    examples: usize,
    /// Exit 3 where any decision would change, or cannot be told
    #[arg(long)]
    fail_on_change: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Why nothing can be replayed.
enum Trouble {
    /// The log does not hold: where.
    Broken(String),
    /// The log cannot be read, or the answer not be written.
    Io(std::io::Error),
    /// The other policy has problems.
    Policy(Vec<Problem>),
    /// A key cannot be used.
    Key(String),
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// Runs the command and gives its exit code.
#[must_use]
pub(super) fn run(command: &ReplayCommand, out: &mut dyn Write) -> u8 {
    let terminal = std::io::stdout().is_terminal();
    let paint = Paint::new(terminal && !crate::environment::is_set("NO_COLOR"));
    let told = replay(command).and_then(|report| {
        match command.json {
            true => writeln!(out, "{}", report.to_json())?,
            false => report.print(paint, out)?,
        }
        out.flush()?;
        Ok(report.exit(command.fail_on_change))
    });
    match told {
        Ok(code) => code,
        Err(Trouble::Broken(what)) => {
            crate::told::tell!(
                "aegis replay: the log does not hold, so nothing is replayed: {}",
                plain(&what)
            );
            1
        }
        Err(Trouble::Io(error)) if super::has_gone(&error) => 0,
        Err(Trouble::Io(error)) => {
            crate::told::tell!("aegis replay: {error}");
            5
        }
        Err(Trouble::Key(problem)) => {
            crate::told::tell!("aegis replay: {}", plain(&problem));
            2
        }
        Err(Trouble::Policy(found)) => {
            let text = problems::render(&found, Severity::Error, false);
            let _ = std::io::stderr().write_all(text.as_bytes());
            2
        }
    }
}

fn replay(command: &ReplayCommand) -> Result<Report, Trouble> {
    let other = match command.policies.as_slice() {
        [] => None,
        paths => Some(crate::load::rules(paths).map_err(Trouble::Policy)?),
    };
    let names: Vec<String> = command
        .policies
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let mut report = Report::new(names, command.examples);
    let values = match command.capture_keys.as_slice() {
        [] => None,
        files => Some(Values::open(command, files)?),
    };
    walk::walk(&command.log, other, values, &mut report)?;
    Ok(report)
}
