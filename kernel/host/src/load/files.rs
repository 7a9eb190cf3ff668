//! Finds and reads files, and says where the missing ones were named.
//! Knows nothing of their content.

use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use aegis_core::limits::CONFIG_BYTES_MAX;
use aegis_core::source::Problem;

/// The place in a configuration that names something.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) span: Range<usize>,
}

impl Place {
    pub(super) fn problem(&self, message: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem {
            file: self.file.clone(),
            span: self.span.clone(),
            message: message.into(),
            fix: fix.into(),
        }
    }
}

/// A file with the place that names it.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) path: PathBuf,
    pub(super) at: Place,
}

/// A path as problems show it.
pub(super) fn display(path: &Path) -> String {
    path.display().to_string()
}

/// The text of a file, within bounds.
pub(super) fn text(path: &Path, at: &Place) -> Result<String, Vec<Problem>> {
    read(path).map_err(|why| {
        let message = format!("`{}` cannot be read: {why}", path.display());
        vec![at.problem(message, "name a readable UTF-8 file")]
    })
}

/// The text of the configuration itself.
pub(super) fn root(path: &Path) -> Result<String, Vec<Problem>> {
    read(path).map_err(|why| {
        let message = format!("cannot be read: {why}");
        let fix = "give the path of an aegis.toml with --config";
        vec![Problem::whole_file(&display(path), message, fix)]
    })
}

fn read(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|fault| plainly(&fault))?;
    let regular = file.metadata().is_ok_and(|meta| meta.is_file());
    if !regular {
        return Err("not a regular file".to_owned());
    }
    let bound = u64::try_from(CONFIG_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(bound.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|fault| plainly(&fault))?;
    if bytes.len() > CONFIG_BYTES_MAX {
        return Err(format!("larger than {CONFIG_BYTES_MAX} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())
}

/// The system's words without its number.
fn plainly(fault: &std::io::Error) -> String {
    let words = fault.to_string();
    let words = words.split(" (os error").next().unwrap_or_default();
    words.to_owned()
}

/// The policy files that a name means: itself, or each `*.toml` of the folder, sorted. A folder
/// without any is a problem: it would silently mean "no rules".
pub(super) fn policies(path: &Path, at: &Place) -> Result<Vec<Named>, Problem> {
    let named = |path: PathBuf| Named {
        path,
        at: at.clone(),
    };
    if !path.is_dir() {
        return Ok(vec![named(path.to_owned())]);
    }
    let entries = std::fs::read_dir(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|fault| {
            let message = format!(
                "folder `{}` cannot be read: {}",
                path.display(),
                plainly(&fault)
            );
            at.problem(message, "name a readable folder")
        })?;
    let mut found: Vec<PathBuf> = entries
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    found.sort();
    if found.is_empty() {
        let message = format!("folder `{}` holds no `*.toml`", path.display());
        return Err(at.problem(message, "name a folder with policy files"));
    }
    Ok(found.into_iter().map(named).collect())
}
