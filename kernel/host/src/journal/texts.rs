//! The texts of manifests, policies and catalogues, kept beside the log under their hashes, so that they can be read again.
//! Knows nothing of what they say; configurations, which name secrets, are not among them.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use aegis_core::audit::{self, Leaf, Text, quotable};
use aegis_core::limits;
use aegis_verify::{open_regular, read_bounded, sync_dir};

use crate::private_file::replace;
use crate::rules::RuleText;

/// The folder of texts in the folder of a log.
pub const TEXTS: &str = "policies";
/// The folder of the catalogues that decisions were made with, in the folder of a log.
pub const CATALOGS: &str = "catalogs";

/// Keeps the texts; what is there already, byte for byte, is left alone.
pub(super) fn keep(
    dir: &Path,
    sync: bool,
    texts: &[RuleText],
) -> io::Result<Vec<audit::RuleText<'static>>> {
    let folder = dir.join(TEXTS);
    if !texts.is_empty() && !folder.is_dir() {
        make(&folder)?;
    }
    let mut lines = Vec::new();
    for text in texts {
        let sha256 = Leaf::of_bytes(text.text.as_bytes());
        write(&folder, &sha256.to_string(), text.text.as_bytes(), sync)?;
        let name = if quotable(&text.name) { &text.name } else { "" };
        lines.push(audit::RuleText {
            kind: Text::from(text.kind.as_str()),
            name: Text::from(name),
            sha256,
        });
    }
    if sync && !texts.is_empty() {
        sync_dir(&folder)?;
        sync_dir(dir)?;
    }
    lines.sort_by(|a, b| (&a.kind, &a.name, &a.sha256).cmp(&(&b.kind, &b.name, &b.sha256)));
    Ok(lines)
}

/// Keeps the text of a catalogue.
pub(super) fn keep_catalog(dir: &Path, sync: bool, text: &str) -> io::Result<Leaf> {
    let folder = dir.join(CATALOGS);
    if !folder.is_dir() {
        make(&folder)?;
    }
    let sha256 = Leaf::of_bytes(text.as_bytes());
    write(&folder, &sha256.to_string(), text.as_bytes(), sync)?;
    if sync {
        sync_dir(&folder)?;
        sync_dir(dir)?;
    }
    Ok(sha256)
}

/// Whether some catalogue beside the log has labels that went with values.
pub(super) fn any_copies(dir: &Path) -> io::Result<bool> {
    let folder = dir.join(CATALOGS);
    if !folder.is_dir() {
        return Ok(false);
    }
    for entry in fs::read_dir(&folder)? {
        // Names are quoted plainly in it: no name holds a mark of JSON.
        let bytes = read_bounded(&entry?.path(), limits::CATALOG_BYTES_MAX)?.unwrap_or_default();
        if bytes.windows(COPIES.len()).any(|window| window == COPIES) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How the member begins that says which labels went where.
const COPIES: &[u8] = b"\"copies\":[{";

/// Written whole under another name first: under its hash there is never half a text.
fn write(folder: &Path, hash: &str, bytes: &[u8], sync: bool) -> io::Result<()> {
    let path = folder.join(hash);
    let there = read_bounded(&path, bytes.len());
    if there.is_ok_and(|there| there.is_some_and(|there| there == bytes)) {
        return Ok(());
    }
    replace(&path, bytes, sync)
}

#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

/// A text that a log names by its hash, from the log's own folder; `None` where it is not there or is
/// another one.
///
/// # Errors
/// Where the file is there and cannot be read.
pub fn rule_text(dir: &Path, sha256: Leaf) -> io::Result<Option<String>> {
    text_in(&dir.join(TEXTS), sha256, limits::CONFIG_BYTES_MAX)
}

/// The text of a catalogue that a log names by its hash; `None` where it is not there or is another one.
///
/// # Errors
/// Where the file is there and cannot be read.
pub fn catalog_text(dir: &Path, sha256: Leaf) -> io::Result<Option<String>> {
    text_in(&dir.join(CATALOGS), sha256, limits::CATALOG_BYTES_MAX)
}

fn text_in(folder: &Path, sha256: Leaf, bytes_max: usize) -> io::Result<Option<String>> {
    let path: PathBuf = folder.join(sha256.to_string());
    let Some(file) = open_regular(&path)? else {
        return Ok(None);
    };
    let bound = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(bound).read_to_end(&mut bytes)?;
    let same = Leaf::of_bytes(&bytes) == sha256;
    Ok(same.then(|| String::from_utf8(bytes).ok()).flatten())
}
