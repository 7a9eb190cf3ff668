//! `aegis schema`: what editors need to know of the files that people write.
//! Knows nothing of what is in them: the readers themselves say what they ask for.

use std::io::Write;

use aegis_core::json::Json;
use aegis_core::{manifest, policy};
use clap::ValueEnum;

/// Whose files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Policy files
    Policy,
    /// Manifests
    Manifest,
    /// `aegis.toml`
    Config,
}

pub(super) fn run(kind: Kind, mut output: impl Write) -> u8 {
    let schema: Json = match kind {
        Kind::Policy => policy::schema(),
        Kind::Manifest => manifest::schema(),
        Kind::Config => crate::load::schema(),
    };
    match writeln!(output, "{schema}").and_then(|()| output.flush()) {
        Ok(()) => 0,
        Err(problem) if super::has_gone(&problem) => 0,
        Err(problem) => {
            crate::told::tell!("aegis schema: {problem}");
            2
        }
    }
}
