//! One writer a log, for as long as it lives.
//! Knows nothing of what is written.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::JournalFault;

/// The name of the file that is locked.
const LOCK: &str = "LOCK";

/// The lock of a log's folder, held until it is dropped.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of a folder.
    pub(super) fn take(dir: &Path) -> Result<Self, JournalFault> {
        let path = dir.join(LOCK);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(JournalFault::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalFault::Locked(dir.to_owned())),
            Err(TryLockError::Error(source)) => {
                return Err(JournalFault::io("lock", path)(source));
            }
        }
        let lock = Self { file, path };
        lock.intact()
            .map_err(JournalFault::io("keep the lock of", dir))?;
        Ok(lock)
    }

    /// That the name still leads to the file that is locked: behind another one, another kernel may write.
    pub(super) fn intact(&self) -> io::Result<()> {
        let held = self.file.metadata()?;
        let same = fs::symlink_metadata(&self.path)
            .is_ok_and(|named| (named.dev(), named.ino()) == (held.dev(), held.ino()));
        if same {
            return Ok(());
        }
        Err(io::Error::other("its `LOCK` was removed or replaced"))
    }
}

impl Drop for Lock {
    /// At once, and not when the last child that was forked meanwhile has closed its copy.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// Whether a kernel holds the log at this moment.
#[must_use]
pub fn is_being_written(dir: &Path) -> bool {
    let held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    File::open(dir.join(LOCK)).is_ok_and(held)
}
