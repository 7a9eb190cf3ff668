//! Where the cases of a policy stand.
//! Knows nothing of what they say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aegis_core::source::Problem;

use crate::load;

/// The folder beside policy files.
const FOLDER: &str = "cases";

/// The files of cases, and those beside them that belong to no policy file in force.
pub(super) struct Found {
    pub(super) files: Vec<PathBuf>,
    pub(super) left: Vec<PathBuf>,
}

/// `cases/NAME.toml` beside each policy file `NAME.toml`.
pub(super) fn beside(policies: &[PathBuf]) -> Result<Found, Vec<Problem>> {
    let place = |policy: &PathBuf| {
        let folder = policy.parent().unwrap_or(Path::new("")).join(FOLDER);
        Some(folder.join(policy.file_name()?))
    };
    let wanted: BTreeSet<PathBuf> = policies.iter().filter_map(place).collect();
    let files: Vec<PathBuf> = wanted
        .iter()
        .filter(|file| file.exists())
        .cloned()
        .collect();
    let folders: BTreeSet<&Path> = wanted.iter().filter_map(|file| file.parent()).collect();
    let there = folders.iter().filter(|folder| folder.is_dir());
    let there = there.filter_map(|folder| load::expanded(folder).ok());
    let left = there.flatten().filter(|file| !wanted.contains(file));
    Ok(Found {
        left: left.collect(),
        files,
    })
}
