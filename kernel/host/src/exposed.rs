//! What the kernel goes by must be out of every downstream's reach: no tool may read or write it.
//! Knows nothing of what downstreams do; it looks at what they are given.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aegis_core::source::Problem;

use crate::config::{Config, PeerConfig, SecretRef, SouthConfig};
use crate::load::{Loaded, pin_file};

/// Variables that name a folder which programs do not offer to whoever calls them.
const ORDINARY: [&str; 4] = ["HOME", "PATH", "PWD", "TMPDIR"];
/// What stands before a path in an address.
const SCHEMES: [&str; 4] = ["file://", "file:", "sqlite:", "dir:"];

/// A secret of a downstream, and what is to be made of its value, which is shown to nobody.
pub(crate) struct Wanted<'a> {
    /// The downstream.
    pub(crate) server: &'a str,
    /// Its variable.
    pub(crate) variable: &'a str,
    /// Where the value is found.
    pub(crate) reference: &'a SecretRef,
    /// What is made of it.
    pub(crate) read: &'a dyn Fn(&str) -> Option<PathBuf>,
}

/// Reads a secret.
type Read<'a> = &'a dyn Fn(Wanted<'_>) -> Option<PathBuf>;

/// Downstreams that are given a file of the kernel's own or another downstream's secret, or a folder that holds one; by a
/// secret too, where secrets may be read.
#[must_use]
pub(crate) fn exposed(loaded: &Loaded, secrets: Option<Read<'_>>) -> Vec<Problem> {
    let config = &loaded.config;
    let base = config.file.parent().unwrap_or(Path::new(""));
    let own = own(config);
    let mut problems = Vec::new();
    for (name, south) in &config.south {
        let others = others(config, name);
        let reached = |given: &str| {
            let mut places = places(given, base).into_iter();
            places.find_map(|place| {
                let mut kept = own.iter().chain(&others);
                kept.find(|kept| kept.starts_with(&place)).cloned()
            })
        };
        for (what, reached) in reaching(name, &south.peer, secrets, &reached) {
            problems.push(Problem::whole_file(
                &config.file.display().to_string(),
                format!(
                    "`[south.{name}]` reaches `{}` by {what}: its tools could change what the kernel goes by, or read what is another's",
                    reached.display()
                ),
                "give the downstream a folder of its own, beside the kernel's files and not above them",
            ));
        }
    }
    problems
}

/// The kernel's own files and folders, as far as they are there.
fn own(config: &Config) -> BTreeSet<PathBuf> {
    let manifests = config.south.values().map(|south| &south.manifest);
    let named = [&config.file, &config.state, &config.audit.dir]
        .into_iter()
        .chain(&config.policies)
        .chain(config.profiles.values())
        .chain(&config.native)
        .chain(manifests);
    let mut own: BTreeSet<PathBuf> = named.cloned().collect();
    own.insert(config.state.with_file_name("keys"));
    let manifests = config.south.values().map(|south| &south.manifest);
    own.extend(manifests.map(|manifest| pin_file(manifest)));
    let folders = config.policies.iter().filter_map(|file| file.parent());
    own.extend(folders.map(Path::to_owned));
    own.extend(
        config
            .audit
            .capture
            .iter()
            .map(|capture| capture.dir.clone()),
    );
    own.insert(config.secrets.store.clone());
    if let Some(SecretRef::File(key)) = &config.secrets.key {
        own.insert(key.clone());
    }
    own.iter().filter_map(|path| real(path)).collect()
}

/// The files that hold other downstreams' secrets and not its own.
fn others(config: &Config, name: &str) -> BTreeSet<PathBuf> {
    let files = |south: &SouthConfig| -> BTreeSet<PathBuf> {
        let secrets = south.peer.secrets().into_iter();
        let files = secrets.filter_map(|(_, secret)| match secret {
            SecretRef::File(path) => real(path),
            _ => None,
        });
        files.collect()
    };
    let others = config.south.iter().filter(|(other, _)| *other != name);
    let mut all: BTreeSet<PathBuf> = others.flat_map(|(_, south)| files(south)).collect();
    for own in config.south.get(name).map(files).unwrap_or_default() {
        all.remove(&own);
    }
    all
}

/// By which of what it is given a downstream reaches what: arguments, variables, and secrets that can be had.
fn reaching(
    server: &str,
    peer: &PeerConfig,
    secrets: Option<Read<'_>>,
    reached: &dyn Fn(&str) -> Option<PathBuf>,
) -> Vec<(String, PathBuf)> {
    // Of what one over HTTP is given, nothing is a place on this machine.
    let PeerConfig::Program(program) = peer else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut note = |what: String, reached: Option<PathBuf>| {
        found.extend(reached.map(|reached| (what, reached)));
    };
    for argument in program.command.iter().skip(1) {
        note("an argument".to_owned(), reached(argument));
    }
    for (name, value) in &program.env {
        if !ORDINARY.contains(&name.as_str()) {
            note(format!("`{name}`"), reached(value));
        }
    }
    let reach = program.strict.iter();
    for path in reach.flat_map(|strict| strict.read.iter().chain(&strict.write)) {
        note("its `reach`".to_owned(), path.to_str().and_then(&reached));
    }
    let Some(secrets) = secrets else { return found };
    for (variable, reference) in peer.secrets() {
        let read = secrets(Wanted {
            server,
            variable,
            reference,
            read: reached,
        });
        note(format!("`{variable}`"), read);
    }
    found
}

/// The places that a word could name, as they really are.
fn places(given: &str, base: &Path) -> Vec<PathBuf> {
    let mut words = vec![given];
    words.extend(given.split_once('=').map(|(_, value)| value));
    let mut found = Vec::new();
    for word in words {
        let bare = SCHEMES.iter().find_map(|scheme| word.strip_prefix(scheme));
        for text in [Some(word), bare].into_iter().flatten() {
            if !text.is_empty() {
                found.extend(real(&base.join(text)));
            }
        }
    }
    found
}

/// A path without links and detours; an empty one is where the kernel is.
fn real(path: &Path) -> Option<PathBuf> {
    let path = match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    };
    path.canonicalize().ok()
}
