//! `aegis pins`: what the tools of downstreams are, what of it was accepted, and what is other now.
//! Knows nothing of how servers are started.

mod accept;
mod compare;
mod show;

use std::io::{BufRead, Write as _};
use std::path::PathBuf;

use aegis_core::definition::{PinFile, escaped};
use aegis_core::json::Json;
use aegis_core::source::did_you_mean;
use clap::{Args, Subcommand};

use self::compare::Compared;
use super::problems::{self, Severity};
use crate::load::{self, Loaded};
use crate::offered::{Offered, offered};

/// Arguments of `aegis pins`.
#[derive(Args, Debug)]
pub(super) struct PinsCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Every tool of the servers with its whole definition and digest
    Show(Which),
    /// What is other than it was accepted, place by place
    Diff(Which),
    /// Show what is other, ask, and write it beside the manifest as accepted
    Accept {
        #[command(flatten)]
        which: Which,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args, Debug)]
struct Which {
    /// The servers, by the names of their `[south.NAME]`; all of them where none is named
    #[arg(value_name = "SERVER")]
    servers: Vec<String>,
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "aegis.toml")]
    config: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command; whoever is asked answers on `input`.
#[must_use]
pub(super) fn run(command: &PinsCommand, mut input: impl BufRead) -> u8 {
    let which = match &command.action {
        Action::Show(which) | Action::Diff(which) | Action::Accept { which, .. } => which,
    };
    let (all, silent) = match found(which) {
        Ok(found) => found,
        Err(told) => {
            crate::told::tell!("{}", told.trim_end_matches('\n'));
            return 2;
        }
    };
    for why in silent.values() {
        crate::told::tell!("aegis pins: {why}");
    }
    let code = match &command.action {
        Action::Show(_) => print(which, show::json(&all), || show::text(&all), 0),
        Action::Diff(_) => {
            let differs = all.iter().any(Compared::differs);
            let text = || all.iter().map(Compared::to_text).collect();
            print(which, compare::json(&all), text, u8::from(differs))
        }
        Action::Accept { yes, .. } => accept::run(&all, which.json, *yes, &mut input),
    };
    if silent.is_empty() { code } else { 2 }
}

fn print(which: &Which, json: Json, text: impl Fn() -> String, code: u8) -> u8 {
    let text = match which.json {
        true => format!("{}\n", escaped(&json)),
        false => text(),
    };
    // A reader that went away (`| head`) is no failure of ours.
    let _ = std::io::stdout().write_all(text.as_bytes());
    code
}

type Silent = std::collections::BTreeMap<String, String>;

/// Each server that serves, held against what was accepted of it; and why others do not.
fn found(which: &Which) -> Result<(Vec<Compared>, Silent), String> {
    let shown = |found: &[_]| problems::render(found, Severity::Error, false);
    let loaded = load::load(&which.config).map_err(|found| shown(&found))?;
    let servers = named(which, &loaded)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|problem| format!("aegis pins: no runtime: {problem}"))?;
    let asked = runtime.block_on(offered(&loaded, &servers));
    let Offered { tools, silent } = asked.map_err(|fault| format!("aegis pins: {fault}"))?;
    let mut all = Vec::new();
    for (server, tools) in tools {
        all.push(compared(&loaded, server, tools)?);
    }
    Ok((all, silent))
}

fn compared(
    loaded: &Loaded,
    server: String,
    offered: compare::Definitions,
) -> Result<Compared, String> {
    let shown = |found: Vec<_>| problems::render(&found, Severity::Error, false);
    let south = loaded.config.south.get(&server);
    let manifest = south.map(|south| south.manifest.clone());
    let manifest = manifest.unwrap_or_default();
    let file = load::pin_file(&manifest);
    let accepted = match file.exists() {
        false => PinFile::default(),
        true => {
            let text = load::text(&file).map_err(shown)?;
            PinFile::read(&text).map_err(|why| format!("{}: {why}", file.display()))?
        }
    };
    let by_hand = load::text(&manifest).and_then(|text| {
        aegis_core::manifest::parse(&text, &manifest.display().to_string())
            .map(|system| system.pins)
    });
    Ok(Compared {
        declared: loaded
            .manifests
            .system(&server)
            .map(|system| system.tools.keys().cloned().collect())
            .unwrap_or_default(),
        by_hand: by_hand.map_err(shown)?,
        accepted: accepted.tools,
        server,
        manifest,
        file,
        offered,
    })
}

/// The servers that are meant.
fn named(which: &Which, loaded: &Loaded) -> Result<Vec<String>, String> {
    let all = &loaded.config.south;
    if which.servers.is_empty() {
        return Ok(all.keys().cloned().collect());
    }
    match which.servers.iter().find(|name| !all.contains_key(*name)) {
        None => Ok(which.servers.clone()),
        Some(name) => Err(format!(
            "aegis pins: the configuration has no `[south.{}]`; {}",
            name.escape_debug(),
            did_you_mean(name, all.keys().map(String::as_str))
        )),
    }
}
