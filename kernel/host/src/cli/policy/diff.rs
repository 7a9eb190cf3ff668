//! `aegis policy diff`: what authority one policy gives more or less than another.
//! Knows nothing of how they are compared; `core` does.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use aegis_core::json::Json;
use aegis_core::manifest::Manifests;
use aegis_core::policy::Policy;
use aegis_core::policy::prove::{Change, Difference, Direction};
use aegis_core::source::Problem;

use crate::cli::check::principals;
use crate::cli::problems::{self, Severity};
use crate::load::{self, Loaded};

/// Arguments of `aegis policy diff`.
#[derive(clap::Args, Debug)]
pub(in crate::cli) struct DiffCommand {
    /// The policy before: a policy file, a folder of them, or a configuration
    #[arg(value_name = "A")]
    old: PathBuf,
    /// The policy after
    #[arg(value_name = "B")]
    new: PathBuf,
    /// The configuration whose manifests both are held against, where neither is one itself
    #[arg(long, value_name = "FILE", default_value = "aegis.toml")]
    config: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command and gives its exit code.
pub(super) fn run(command: &DiffCommand, mut output: impl Write) -> u8 {
    let found = compared(command);
    let difference = match found {
        Ok(difference) => difference,
        Err(found) => {
            problems::show(&found, Severity::Error);
            return 2;
        }
    };
    let text = match command.json {
        true => format!("{}\n", to_json(&difference)),
        false => to_text(&difference),
    };
    let review = !difference.inexact.is_empty()
        || difference
            .changes
            .iter()
            .any(|change| change.sense != Direction::Narrowed);
    let written = output.write_all(text.as_bytes());
    match (written.and_then(|()| output.flush()), review) {
        (Err(_), _) => 2,
        (Ok(()), true) => 1,
        (Ok(()), false) => 0,
    }
}

fn compared(command: &DiffCommand) -> Result<Difference, Vec<Problem>> {
    let (old, new) = (configuration(&command.old)?, configuration(&command.new)?);
    let differs = match (&old, &new) {
        (Some(old), Some(new)) => digests(&old.manifests) != digests(&new.manifests),
        _ => false,
    };
    let base = match (&new, &old) {
        (Some(loaded), _) | (None, Some(loaded)) => loaded,
        (None, None) => &load::load(&command.config)?,
    };
    let policy = |own: &Option<Loaded>, path: &Path| -> Result<Policy, Vec<Problem>> {
        match own {
            Some(loaded) => load::held(base, &loaded.config.policies),
            None => load::held(base, &[path.to_owned()]),
        }
    };
    let before = policy(&old, &command.old)?;
    let after = policy(&new, &command.new)?;
    let mut names = principals(base);
    names.extend(old.iter().flat_map(principals));
    let mut difference = Difference::between((&before, &after), &base.manifests, &names);
    if differs {
        let why = "the manifests of both configurations differ; both policies were held against those of B";
        difference.inexact.insert(why.to_owned());
    }
    Ok(difference)
}

/// What is loaded by the file, where it is a configuration.
fn configuration(path: &Path) -> Result<Option<Loaded>, Vec<Problem>> {
    let text = match path.is_file() {
        true => load::text(path).unwrap_or_default(),
        false => String::new(),
    };
    match text.lines().any(|line| line.trim() == "[kernel]") {
        true => load::load(path).map(Some),
        false => Ok(None),
    }
}

fn digests(manifests: &Manifests) -> BTreeSet<(&str, &str)> {
    let systems = manifests.systems();
    systems
        .map(|system| (system.server.as_str(), system.digest.as_str()))
        .collect()
}

const DIRECTIONS: [(Direction, &str); 3] = [
    (Direction::Widened, "widened"),
    (Direction::Other, "other, to be looked at"),
    (Direction::Narrowed, "narrowed"),
];

fn to_text(difference: &Difference) -> String {
    let mut text = String::new();
    for (direction, word) in DIRECTIONS {
        let changes = difference
            .changes
            .iter()
            .filter(|change| change.sense == direction);
        let mut changes = changes.peekable();
        if changes.peek().is_none() {
            continue;
        }
        text.push_str(&format!("{word}:\n"));
        for change in changes {
            text.push_str(&in_words(change));
        }
        text.push('\n');
    }
    if !difference.inexact.is_empty() {
        text.push_str("not compared exactly:\n");
        for why in &difference.inexact {
            text.push_str(&format!("  {why}\n"));
        }
        text.push('\n');
    }
    let rules = difference
        .rules
        .iter()
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let shown = !difference.changes.is_empty();
    let classes = difference.classes;
    text.push_str(&match (difference.rules.is_empty(), shown) {
        (true, _) => "the rules are the same\n".to_owned(),
        (false, true) => format!("rules that are not in both alike: {rules} ({classes} classes of calls)\n"),
        (false, false) => format!("written otherwise, and no class of calls shows a difference: {rules} ({classes} classes of calls)\n"),
    });
    text
}

fn in_words(change: &Change) -> String {
    let Change {
        sense: _,
        principal,
        tool,
        what,
        calls,
        witness,
    } = change;
    let mut text = format!("  {principal}, {tool}: {what}\n");
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    text.push_str(&format!("    where a call {}\n", calls.join("; or ")));
    match witness {
        Some(witness) => text.push_str(&format!("    for example {}\n", witness.to_json("diff"))),
        None => text.push_str("    no call to try shows it\n"),
    }
    text
}

fn to_json(difference: &Difference) -> Json {
    let one = |change: &Change| {
        let calls: Vec<&str> = change.calls.iter().map(String::as_str).collect();
        let witness = change.witness.as_ref();
        let word = match change.sense {
            Direction::Widened => "widened",
            Direction::Narrowed => "narrowed",
            Direction::Other => "other",
        };
        Json::object([
            ("direction", Json::from(word)),
            ("principal", Json::from(change.principal.as_str())),
            ("tool", Json::from(change.tool.as_str())),
            ("what", Json::from(change.what.as_str())),
            ("calls", Json::from(calls)),
            (
                "call",
                witness.map_or(Json::Null, |witness| witness.to_json("diff")),
            ),
        ])
    };
    let names = |names: &BTreeSet<String>| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Json::from(names)
    };
    Json::object([
        (
            "changes",
            Json::Array(difference.changes.iter().map(one).collect()),
        ),
        ("rules", names(&difference.rules)),
        ("inexact", names(&difference.inexact)),
        ("classes", Json::from(difference.classes)),
    ])
}
