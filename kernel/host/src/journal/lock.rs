//! One writer a log, for as long as it lives.
//! Knows nothing of what is written.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::fstat;

use super::JournalFault;
use crate::lock::{FileLock, LockFault};

/// The name of the file that is locked.
const LOCK: &str = "LOCK";

/// The lock of a log's folder, held until it is dropped.
pub(super) struct Lock {
    file: FileLock,
    path: PathBuf,
    /// What the locked file is: none other can be it as long as it is held.
    device: u64,
    inode: u64,
    /// When anything of it was changed last, its name above all, as far as it was looked at since: seconds and nanoseconds.
    changed: Option<(i128, i128)>,
}

impl Lock {
    /// Takes the lock of a folder.
    pub(super) fn take(dir: &Path) -> Result<Self, JournalFault> {
        let path = dir.join(LOCK);
        let file = FileLock::alone(&path).map_err(|fault| match fault {
            LockFault::Held => JournalFault::Locked(dir.to_owned()),
            LockFault::Io(what, source) => JournalFault::io(what, &path)(source),
        })?;
        let kept = JournalFault::io("keep the lock of", dir);
        let held = match file.file().metadata() {
            Ok(held) => held,
            Err(source) => return Err(kept(source)),
        };
        let mut lock = Self {
            file,
            path,
            device: held.dev(),
            inode: held.ino(),
            changed: None,
        };
        lock.held().map_err(kept)?;
        Ok(lock)
    }

    /// As [`Lock::intact`], by the file alone as long as nothing of it has changed: its own name
    /// that is taken from it, given to another file or moved changes it. What this does not see, a folder above that is moved or
    /// a system that does not say so, [`Lock::intact`] does for who looks now and then, and whoever looks for the log itself.
    pub(super) fn held(&mut self) -> io::Result<()> {
        let now = fstat(self.file.file())?;
        let changed = Some((i128::from(now.st_ctime), i128::from(now.st_ctime_nsec)));
        if now.st_nlink > 0 && self.changed == changed {
            return Ok(());
        }
        self.intact()?;
        self.changed = changed;
        Ok(())
    }

    /// That the name still leads to the file that is locked: behind another one, another kernel may write.
    pub(super) fn intact(&self) -> io::Result<()> {
        let same = fs::symlink_metadata(&self.path)
            .is_ok_and(|named| (named.dev(), named.ino()) == (self.device, self.inode));
        if same {
            return Ok(());
        }
        Err(io::Error::other("its `LOCK` was removed or replaced"))
    }
}

/// Whether a kernel holds the log at this moment.
#[must_use]
pub fn is_being_written(dir: &Path) -> bool {
    let held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    File::open(dir.join(LOCK)).is_ok_and(held)
}
