//! `aegis manifest draft`: starts a server, and prints or writes what a manifest for it could be.
//! Knows nothing of what is narrow.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use aegis_core::definition::{Definition, PinFile, visible};
use aegis_core::draft::Draft;
use aegis_core::json::Json;
use aegis_core::limits;
use clap::Args;

use crate::cli::problems::{self, Severity};
use crate::load::pin_file;
use crate::{environment, south};

/// Arguments of `aegis manifest draft`.
#[derive(Args, Debug)]
pub(in crate::cli) struct DraftCommand {
    /// The server's name; taken from the command where it is left out
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A variable for the server: NAME=VALUE, or NAME alone for the one that is set here
    #[arg(long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// Write the manifest there and the accepted definitions beside it, in place of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The server's program and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// Runs the command.
#[must_use]
pub(super) fn run(command: &DraftCommand) -> u8 {
    match drafted(command) {
        Ok(text) => {
            // A reader that went away (`| head`) is no failure of ours.
            let _ = std::io::stdout().write_all(text.as_bytes());
            0
        }
        Err(told) => {
            crate::told::tell!("aegis manifest draft: {}", told.trim_end_matches('\n'));
            2
        }
    }
}

fn drafted(command: &DraftCommand) -> Result<String, String> {
    let name = command
        .name
        .clone()
        .unwrap_or_else(|| named(&command.command));
    let env = variables(&command.env)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|problem| format!("no runtime: {problem}"))?;
    let tools = runtime.block_on(south::probe(&command.command, &env))?;
    let draft = Draft::of(&name, tools.values())
        .map_err(|found| problems::render(&found, Severity::Error, false))?;
    tell(&draft, tools.len());
    let beside = beside(command, &name, &draft);
    match &command.out {
        None => {
            let comment: String = beside.lines().map(|line| format!("# {line}\n")).collect();
            Ok(format!("{}{}\n{comment}", draft.manifest, draft.pins()))
        }
        Some(out) => {
            write(out, &name, &draft, tools)?;
            Ok(beside)
        }
    }
}

/// What is told beside the draft: how much of it is sure.
fn tell(draft: &Draft, count: usize) {
    crate::told::tell!(
        "{count} tools: {} are granted by the sample, {} are declared, {} have something to review",
        draft.sure.len(),
        draft.declared.len(),
        draft.doubts.len()
    );
    for (tool, doubts) in &draft.doubts {
        crate::told::tell!("  {}: {}", visible(tool), doubts.join("; "));
    }
}

/// The block of `aegis.toml` and the grant of a policy.
fn beside(command: &DraftCommand, name: &str, draft: &Draft) -> String {
    let usual = PathBuf::from(format!("manifests/{name}.toml"));
    let manifest = command.out.as_ref().unwrap_or(&usual);
    let text = |text: &str| toml_text(text);
    let program: Vec<String> = command.command.iter().map(|word| text(word)).collect();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "add to aegis.toml:\n\n[south.{name}]\nmanifest = {}\ncommand = [{}]",
        text(&manifest.display().to_string()),
        program.join(", ")
    );
    let (plain, taken): (Vec<_>, Vec<_>) = command.env.iter().partition(|one| one.contains('='));
    let plain: Vec<String> = plain
        .iter()
        .filter_map(|one| one.split_once('='))
        .map(|(name, value)| format!("{name} = {}", text(value)))
        .collect();
    let taken: Vec<String> = taken
        .iter()
        .map(|name| format!("{name} = {}", text(&format!("env:{name}"))))
        .collect();
    for (key, pairs) in [("env", plain), ("secrets", taken)] {
        if !pairs.is_empty() {
            let _ = writeln!(out, "{key} = {{ {} }}", pairs.join(", "));
        }
    }
    let _ = write!(
        out,
        "\nadd to a policy file, for your principal:\n\n{}",
        draft.grant
    );
    out
}

/// A TOML string: JSON's escapes are TOML's as well.
fn toml_text(text: &str) -> String {
    aegis_core::definition::escaped(&Json::from(text))
}

/// Neither file may be there: nothing that somebody has reviewed is lost.
fn write(
    out: &Path,
    name: &str,
    draft: &Draft,
    tools: BTreeMap<String, Definition>,
) -> Result<(), String> {
    let pins = PinFile {
        server: name.to_owned(),
        tools,
    }
    .to_text();
    if pins.len() > limits::CONFIG_BYTES_MAX {
        return Err("the definitions are longer than a file of pins may be".to_owned());
    }
    let beside = pin_file(out);
    if let Some(there) = [out, beside.as_path()]
        .into_iter()
        .find(|path| path.exists())
    {
        return Err(format!(
            "`{}` is there already; move it away, or name another file",
            there.display()
        ));
    }
    for (path, text) in [(out, &draft.manifest), (beside.as_path(), &pins)] {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        let written = file.and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|why| format!("`{}` cannot be written: {why}", path.display()))?;
    }
    Ok(())
}

/// The variables of the server; those that are named alone are taken from here.
fn variables(given: &[String]) -> Result<BTreeMap<String, String>, String> {
    let mut env = BTreeMap::new();
    for one in given {
        let (name, value) = match one.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => {
                let value = environment::variable(one).and_then(|value| value.into_string().ok());
                let value = value.ok_or_else(|| {
                    format!("the variable `{}` is not set here", one.escape_debug())
                })?;
                (one.clone(), value)
            }
        };
        env.insert(name, value);
    }
    Ok(env)
}

/// A name from a command: its last word that is a package or program, without what all of them are called.
fn named(command: &[String]) -> String {
    let words = command.iter().rev().filter(|word| !word.starts_with('-'));
    let package = words
        .clone()
        .find(|word| word.contains("mcp") || word.contains("server"));
    let word = package.or_else(|| command.first());
    let word = word.map_or("server", String::as_str);
    let last = word
        .rsplit('/')
        .find(|part| !matches!(*part, "index.js" | "dist" | ""))
        .unwrap_or(word);
    let last = last
        .split('@')
        .find(|part| !part.is_empty())
        .unwrap_or(last);
    let stem = last
        .rsplit_once('.')
        .map_or(last, |(stem, _)| stem)
        .to_lowercase();
    let common = ["mcp-server", "server", "mcp", "modelcontextprotocol"];
    let mut stem = stem.as_str();
    for word in common {
        stem = stem.strip_prefix(word).unwrap_or(stem);
        stem = stem.strip_suffix(word).unwrap_or(stem);
        stem = stem.trim_matches(['-', '_', '.']);
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let name: String = stem.chars().filter(|c| fits(*c)).collect();
    match name.is_empty() {
        true => "server".to_owned(),
        false => name,
    }
}
