//! `aegis audit capture keygen`: the key that captured values are read with.
//! Knows nothing of captures: `aegis replay` reads them.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Trouble;
use crate::capture::{CaptureKey, CaptureKeyFault};

/// Arguments of `audit capture`.
#[derive(Args, Debug)]
pub(super) struct CaptureArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key on a machine that the kernel cannot reach, and print the public half for `[audit.capture]`
    Keygen {
        /// The file of the private half; it must not be there yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// 0 where the key was made, 1 where it was not.
pub(super) fn run(arguments: &CaptureArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let Action::Keygen { file } = &arguments.action;
    let public = CaptureKey::create(file).map_err(|fault| match fault {
        CaptureKeyFault::Io(_, error) => Trouble::Io(error),
        other => Trouble::Refused(other.to_string()),
    })?;
    writeln!(out, "{public}")?;
    Ok(0)
}
