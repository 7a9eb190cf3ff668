//! Which log is meant: a folder, or a configuration that names one.
//! Knows nothing of the rest of a configuration: a log must be readable when nothing else loads.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Trouble;
use crate::capture::CAPTURES;
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
        Ok(Kept::configured(&self.config)?.keys)
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
    /// Where captures lie.
    pub(super) fn captures(&self) -> Result<PathBuf, Trouble> {
        Ok(Kept::configured(&self.config)?.captures)
    }

    /// What the kernel would open its log with, but that everything is synced.
    pub(super) fn options(&self) -> Result<JournalOptions, Trouble> {
        let kept = Kept::configured(&self.config)?;
        Ok(JournalOptions {
            dir: kept.dir,
            sync: true,
            keys: kept.keys,
        })
    }
}

/// Where a configured kernel keeps its log and what lies beside its state.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// The log's folder.
    pub(super) dir: PathBuf,
    /// The folder of keys.
    pub(super) keys: PathBuf,
    /// The folder of captures.
    pub(super) captures: PathBuf,
    /// The state's folder.
    state: PathBuf,
}

impl Kept {
    /// The folders that a configuration names, or the kernel's own defaults for them.
    pub(super) fn configured(file: &Path) -> Result<Self, Trouble> {
        let table = table(file)?;
        let named = |section: &str, key: &str, default: &str| {
            let value = table.get(section).and_then(|section| section.get(key));
            let name = value.and_then(toml::Value::as_str).unwrap_or(default);
            file.parent().unwrap_or_else(|| Path::new("")).join(name)
        };
        let state = named("kernel", "state", ".aegis/state.db");
        let dir = named("audit", "dir", ".aegis/audit");
        let capture = table.get("audit").and_then(|audit| audit.get("capture"));
        let captures = capture.and_then(|capture| capture.get("dir"));
        let captures = captures.and_then(toml::Value::as_str);
        Ok(Self {
            captures: match captures {
                Some(name) => file.parent().unwrap_or_else(|| Path::new("")).join(name),
                None => dir.join(CAPTURES),
            },
            dir,
            keys: state.with_file_name("keys"),
            state: state.parent().unwrap_or_else(|| Path::new("")).to_owned(),
        })
    }

    /// Refuses a file in the folder of the log or of the state: whoever has those would have it too.
    pub(super) fn refuse_inside(&self, path: &Path) -> Result<(), Trouble> {
        let real = |path: &Path| {
            let absolute = std::path::absolute(path)?;
            let there = absolute.ancestors().find(|above| above.exists());
            let there = there.unwrap_or(&absolute);
            let rest = absolute.strip_prefix(there).unwrap_or(Path::new(""));
            Ok::<_, std::io::Error>(std::fs::canonicalize(there)?.join(rest))
        };
        let given = real(path)?;
        for folder in [&self.dir, &self.state] {
            if given.starts_with(real(folder)?) {
                return Err(Trouble::Usage(format!(
                    "`{}` lies in `{}`, which the kernel writes: a root key belongs elsewhere, at best on another machine",
                    path.display(),
                    folder.display()
                )));
            }
        }
        Ok(())
    }
}

fn table(file: &Path) -> Result<toml::Table, Trouble> {
    let wrong = |what: &str| Trouble::Usage(format!("`{}` {what}", file.display()));
    let text = std::fs::read_to_string(file)
        .map_err(|e| wrong(&format!("cannot be read ({e}): name the log's folder")))?;
    text.parse().map_err(|_| wrong("is not TOML"))
}

fn configured(file: &Path) -> Result<PathBuf, Trouble> {
    let wrong = |what: &str| Trouble::Usage(format!("`{}` {what}", file.display()));
    let table = table(file)?;
    let dir = table
        .get("audit")
        .and_then(|audit| audit.get("dir"))
        .and_then(toml::Value::as_str)
        .ok_or_else(|| wrong("names no log: it has no `dir` under `[audit]`"))?;
    Ok(file.parent().unwrap_or_else(|| Path::new("")).join(dir))
}
