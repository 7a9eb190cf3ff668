//! The open file of the log, and whether it still is the file that it was.
//! Knows nothing of records.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aegis_verify::{segment_name, sync_dir};

/// A file that is only ever appended to.
pub(super) struct Segment {
    file: File,
    path: PathBuf,
    device: u64,
    inode: u64,
    len: u64,
}

impl Segment {
    /// Makes the file that begins with this record, its name durable where `sync`.
    pub(super) fn create(dir: &Path, first_seq: u64, sync: bool) -> io::Result<Self> {
        let path = dir.join(segment_name(first_seq));
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        if sync {
            sync_dir(dir)?;
        }
        Self::from(file, path)
    }

    /// Goes on with a file.
    pub(super) fn reopen(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).open(path)?;
        Self::from(file, path.to_owned())
    }

    fn from(file: File, path: PathBuf) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            len: metadata.len(),
            file,
            path,
        })
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// That the name still leads to this file and that it is as long as it was left: a log rotated, replaced
    /// or truncated by others is no log.
    pub(super) fn intact(&self) -> io::Result<()> {
        let held = self.file.metadata()?;
        let same = fs::symlink_metadata(&self.path)
            .is_ok_and(|named| named.dev() == self.device && named.ino() == self.inode);
        if same && held.len() == self.len {
            return Ok(());
        }
        Err(io::Error::other(
            "the file was removed, replaced, truncated or written by others",
        ))
    }

    /// Appends bytes, durable on return where `sync`. After any error nothing is known of the file's end and
    /// it must not be written again: a failed fsync drops what it could not write and the next one succeeds.
    pub(super) fn append(&mut self, bytes: &[u8], sync: bool) -> io::Result<()> {
        self.file.write_all(bytes)?;
        if sync {
            self.file.sync_data()?;
        }
        self.len += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}
