//! The files of a log: their names and their order.
//! Knows nothing of their content.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::regular::naming;

/// One file of records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentFile {
    /// Its first record's number, which is its name.
    pub first_seq: u64,
    /// Its name.
    pub name: String,
    /// Its place.
    pub path: PathBuf,
}

/// The files of one log folder, in order.
#[derive(Clone, Debug, Default)]
pub struct LogFiles {
    /// Files of records.
    pub segments: Vec<SegmentFile>,
    /// The first records of files that have tiles; of pruned files only those are left.
    pub tiles: Vec<u64>,
    /// Files that a crash left without one whole record, set aside under `N.torn-M`.
    pub torn: Vec<SegmentFile>,
}

impl LogFiles {
    /// Lists a folder; other names in it are not the log's.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn list(dir: &Path) -> io::Result<Self> {
        let mut files = Self::default();
        for entry in fs::read_dir(dir).map_err(|fault| naming(dir, fault))? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let Some((number, kind)) = name.split_once('.') else {
                continue;
            };
            if number.len() != 20 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let Ok(first_seq) = number.parse() else {
                continue;
            };
            if kind == "tiles" {
                files.tiles.push(first_seq);
                continue;
            }
            let list = match kind {
                "jsonl" => &mut files.segments,
                _ if kind.starts_with("torn-") => &mut files.torn,
                _ => continue,
            };
            list.push(SegmentFile {
                first_seq,
                path: entry.path(),
                name,
            });
        }
        files.tiles.sort_unstable();
        files.segments.sort();
        files.torn.sort();
        Ok(files)
    }
}

/// The name of the file that begins with this record.
#[must_use]
pub fn segment_name(first_seq: u64) -> String {
    format!("{first_seq:020}.jsonl")
}

/// Makes names in a folder durable (fsync of a file does not).
///
/// # Errors
/// Where the folder cannot be opened or synced.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
