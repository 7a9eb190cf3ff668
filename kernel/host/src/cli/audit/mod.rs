//! `aegis audit`: verify and read a log, beside the kernel that may be writing it; keep its keys and remove what must go
//! while none does.
//! Knows nothing of how a log is written.

mod bundle;
mod calls;
mod capture;
mod cosign;
mod disclose;
mod export;
mod filter;
mod keys;
mod paint;
mod place;
mod prove;
mod query;
mod read;
mod rule_words;
mod show;
mod sound;
mod stats;
mod tail;
mod upkeep;
mod verify;
mod why;

use std::io::Write;

use clap::{Args, Subcommand};

pub(super) use paint::{Paint, Screen, cell, plain};
use place::Place;
pub(super) use sound::sound;

/// Arguments of `aegis audit`.
#[derive(Args, Debug)]
pub(super) struct AuditCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Prove that the log holds together, and say what that does not prove
    ///
    /// Exit codes: 0 it holds to the required level, 1 it does not hold, 2 usage, 3 it holds but below the
    /// required level, 4 a crash left a torn tail that the next start will declare, 5 unreadable.
    Verify(verify::VerifyArguments),
    /// Write the proof that one record is in the log, in a file that needs no log
    Prove(prove::ProveArguments),
    /// Judge such a proof by keys that you hold; exit 0 where it holds, 1 where it does not
    CheckProof(prove::CheckProofArguments),
    /// Make, change and show the keys that sign the log
    Keys(keys::KeysArguments),
    /// Make the key that captured values are read with
    Capture(capture::CaptureArguments),
    /// Have a witness sign the newest checkpoint; exit 1 where it would not
    Cosign(cosign::CosignArguments),
    /// Show all records of one call, or the record of one number
    Show(show::ShowArguments),
    /// Show the newest calls and events
    Tail(tail::TailArguments),
    /// Find calls; exit 0 where any is found, 1 where none is
    Query(query::QueryArguments),
    /// Count calls by tool, rule and principal
    Stats(stats::StatsArguments),
    /// Write calls and findings in a form that other systems read; exit 0 where any is found, 1 where none is
    Export(export::ExportArguments),
    /// Destroy the key that commitments of one principal's calls in one month are salted with
    ///
    /// No kernel may be running. Every proof still holds; no value under the key can be opened or guessed any more.
    ///
    /// Exit codes: 0 done, 1 refused or cut off (ask again), 2 usage.
    Shred(upkeep::ShredArguments),
    /// Remove the bytes of one record; its leaf stays in its place, and a record says who approved it and why
    Redact(upkeep::RedactArguments),
    /// Remove whole files of old records; their leaves stay, so that every proof still holds
    Prune(upkeep::PruneArguments),
    /// Pack what an auditor needs into one archive; exit 1 where the log does not hold
    Bundle(bundle::BundleArguments),
}

/// Runs the command and gives its exit code.
#[must_use]
pub(super) fn run(command: AuditCommand) -> u8 {
    let screen = Screen::stdout();
    let paint = screen.paint;
    let mut out = std::io::stdout();
    let done = match command.action {
        Action::Verify(arguments) => verify::run(&arguments, paint, &mut out),
        Action::Prove(arguments) => prove::run(&arguments, &mut out),
        Action::CheckProof(arguments) => prove::check(&arguments, &mut out),
        Action::Keys(arguments) => keys::run(&arguments, &mut out),
        Action::Capture(arguments) => capture::run(&arguments, &mut out),
        Action::Cosign(arguments) => cosign::run(&arguments, &mut out),
        Action::Show(arguments) => show::run(&arguments, screen, &mut out),
        Action::Tail(arguments) => tail::run(&arguments, screen, &mut out),
        Action::Query(arguments) => query::run(&arguments, screen, &mut out),
        Action::Stats(arguments) => stats::run(&arguments, paint, &mut out),
        Action::Export(arguments) => export::run(&arguments, &mut out),
        Action::Shred(arguments) => upkeep::shred(&arguments, &mut out),
        Action::Redact(arguments) => upkeep::redact(&arguments, &mut out),
        Action::Prune(arguments) => upkeep::prune(&arguments, &mut out),
        Action::Bundle(arguments) => bundle::run(&arguments, &mut out),
    };
    let code = match done {
        Ok(code) => code,
        Err(Trouble::Io(error)) if super::has_gone(&error) => 0,
        Err(Trouble::Io(error)) => {
            crate::told::tell!("aegis audit: {error}");
            5
        }
        Err(Trouble::Refused(why)) => {
            crate::told::tell!("aegis audit: {}", plain(&why));
            1
        }
        Err(Trouble::Usage(problem)) => {
            crate::told::tell!("aegis audit: {problem}");
            2
        }
    };
    let _ = out.flush();
    code
}

/// Why a command cannot be carried out.
#[derive(Debug)]
enum Trouble {
    /// The log cannot be read, or the answer not be written.
    Io(std::io::Error),
    /// What was asked makes no sense.
    Usage(String),
    /// It is not done, for a reason that is named.
    Refused(String),
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}
