//! The head: a small file that remembers how far the log had come, so that a missing end is noticed.
//! Knows nothing of records.
//!
//! What it is worth: a copy lies in the log's folder, for whoever verifies that folder, and one beside
//! the kernel's state, for the kernel's next start. Both are as old as the last second of writing. Whoever
//! can write both places can set both back: only a copy out of the operator's reach proves more.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::regular::read_bounded;
use aegis_core::audit::{Id, Leaf};
use serde::{Deserialize, Serialize};

/// Longest head, in bytes.
const HEAD_BYTES_MAX: usize = 4_096;

/// The name of the head in the log's folder.
pub const HEAD: &str = "head";

/// A record that was durable: its log, its number, its hash. The same three are the receipt in a reply's `_meta`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Anchor {
    /// The hash of its line.
    pub leaf: Leaf,
    /// The log.
    pub log: Id,
    /// Its number.
    pub seq: u64,
}

/// A head or a receipt as it is written. What a receipt says of checkpoints proves nothing by itself and is not kept.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    leaf: Leaf,
    log: Id,
    seq: u64,
    #[serde(default, rename = "checkpoint")]
    _checkpoint: Option<u64>,
}

impl Anchor {
    /// Reads one JSON object.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] where it is anything else.
    pub fn parse(text: &str) -> io::Result<Self> {
        let odd = || {
            let what = "not an object with `leaf`, `log` and `seq`";
            io::Error::new(io::ErrorKind::InvalidData, what)
        };
        // serde would read a list of three as well.
        if !text.trim_ascii_start().starts_with('{') {
            return Err(odd());
        }
        let told: Told = serde_json::from_str(text).map_err(|_| odd())?;
        Ok(Self {
            leaf: told.leaf,
            log: told.log,
            seq: told.seq,
        })
    }

    /// Reads a head; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read or is not one.
    pub fn read(path: &Path) -> io::Result<Option<Self>> {
        let Some(bytes) = read_bounded(path, HEAD_BYTES_MAX)? else {
            return Ok(None);
        };
        Self::parse(std::str::from_utf8(&bytes).unwrap_or_default()).map(Some)
    }

    /// Replaces the head in one step: a reader sees the old one or the new one. Its own durability is not
    /// waited for beyond the file's bytes: an older head is a weaker one and never a wrong one.
    ///
    /// # Errors
    /// Where it cannot be written; the old head is then as it was.
    pub fn write(&self, path: &Path, sync: bool) -> io::Result<()> {
        let mut text = serde_json::to_string(self).map_err(io::Error::other)?;
        text.push('\n');
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".new");
        let temporary = PathBuf::from(temporary);
        let mut file: File = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(text.as_bytes())?;
        if sync {
            // Before the rename: a rename that outlives its bytes would leave an empty head.
            file.sync_data()?;
        }
        fs::rename(&temporary, path)
    }
}
