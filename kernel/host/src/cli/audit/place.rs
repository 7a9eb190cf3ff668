//! Which log is meant: a folder, or a configuration that names one.
//! Knows nothing of the rest of a configuration: a log must be readable when nothing else loads.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Trouble;
use crate::journal::JournalOptions;

/// The log that a command reads.
#[derive(Args, Clone, Debug)]
pub(super) struct Place {
    /// The log's folder; without it, the one that the configuration names
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The configuration that names the log's folder in `[audit] dir`
    #[arg(long, value_name = "FILE", default_value = "aegis.toml")]
    config: PathBuf,
}

impl Place {
    /// The folder.
    pub(super) fn dir(&self) -> Result<PathBuf, Trouble> {
        match &self.dir {
            Some(dir) => Ok(dir.clone()),
            None => configured(&self.config),
        }
    }

    /// The folder of keys that the configuration's state lies beside.
    pub(super) fn keys(&self) -> Result<PathBuf, Trouble> {
        keys_of(&self.config)
    }
}

/// The log that a configuration names, with the keys and heads that lie beside the state.
#[derive(Args, Clone, Debug)]
pub(super) struct Configured {
    /// The configuration that names the log's folder and the state that its keys lie beside
    #[arg(long, value_name = "FILE", default_value = "aegis.toml")]
    config: PathBuf,
}

impl Configured {
    /// The folder of keys.
    pub(super) fn keys(&self) -> Result<PathBuf, Trouble> {
        keys_of(&self.config)
    }

    /// What the kernel would open its log with.
    pub(super) fn options(&self) -> Result<JournalOptions, Trouble> {
        let sync = entry(&read(&self.config)?, "audit", "sync").cloned();
        Ok(JournalOptions {
            dir: configured(&self.config)?,
            sync: sync.and_then(|sync| sync.as_bool()).unwrap_or(true),
            keys: keys_of(&self.config)?,
        })
    }
}

fn configured(file: &Path) -> Result<PathBuf, Trouble> {
    let wrong = "names no log: it has no `dir` under `[audit]`";
    let table = read(file)?;
    let dir = entry(&table, "audit", "dir").and_then(toml::Value::as_str);
    let dir = dir.ok_or_else(|| Trouble::Usage(format!("`{}` {wrong}", file.display())))?;
    Ok(base(file).join(dir))
}

fn keys_of(file: &Path) -> Result<PathBuf, Trouble> {
    let table = read(file)?;
    let state = entry(&table, "kernel", "state").and_then(toml::Value::as_str);
    let state = base(file).join(state.unwrap_or(".aegis/state.db"));
    Ok(state.with_file_name("keys"))
}

fn base(file: &Path) -> &Path {
    file.parent().unwrap_or_else(|| Path::new(""))
}

fn entry<'t>(table: &'t toml::Table, section: &str, key: &str) -> Option<&'t toml::Value> {
    table.get(section).and_then(|section| section.get(key))
}

fn read(file: &Path) -> Result<toml::Table, Trouble> {
    let wrong = |what: &str| Trouble::Usage(format!("`{}` {what}", file.display()));
    let text = std::fs::read_to_string(file)
        .map_err(|e| wrong(&format!("cannot be read ({e}): name the log's folder")))?;
    text.parse().map_err(|_| wrong("is not TOML"))
}
