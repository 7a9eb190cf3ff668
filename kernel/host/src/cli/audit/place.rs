//! Which log is meant: a folder, or a configuration that names one.
//! Knows nothing of the rest of a configuration: a log must be readable when nothing else loads.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Trouble;

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
}

fn configured(file: &Path) -> Result<PathBuf, Trouble> {
    let wrong = |what: &str| Trouble::Usage(format!("`{}` {what}", file.display()));
    let text = std::fs::read_to_string(file)
        .map_err(|e| wrong(&format!("cannot be read ({e}): name the log's folder")))?;
    let table: toml::Table = text.parse().map_err(|_| wrong("is not TOML"))?;
    let dir = table
        .get("audit")
        .and_then(|audit| audit.get("dir"))
        .and_then(toml::Value::as_str)
        .ok_or_else(|| wrong("names no log: it has no `dir` under `[audit]`"))?;
    Ok(file.parent().unwrap_or_else(|| Path::new("")).join(dir))
}
