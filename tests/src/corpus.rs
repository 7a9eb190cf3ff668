//! Cases that stand as data below `tests/corpus`.
//! Knows nothing of what they say.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::policies::{read, tomls};

/// What each file of a folder below `tests/corpus` says, in the order of the files.
#[must_use]
pub fn corpus<T: DeserializeOwned>(folder: &str) -> Vec<(PathBuf, T)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(folder);
    let said = |file: PathBuf| {
        let said = toml::from_str(&read(&file));
        let said = said.unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        (file, said)
    };
    tomls(&folder).into_iter().map(said).collect()
}
