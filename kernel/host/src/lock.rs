//! A file that one process holds, or several together, until they drop it.
//! Knows nothing of what the file stands for.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use crate::private_file::open_own;

/// How often a file is asked for, and how long apart. A process that was killed while it started another one leaves a
/// copy of its locks behind until that one has become its program: the next kernel must not be refused for it.
const ATTEMPTS: u32 = 25;
const PAUSE: Duration = Duration::from_millis(20);

/// Why a file is not held.
#[derive(Debug)]
pub(crate) enum LockFault {
    /// Somebody else holds it.
    Held,
    /// What was tried, and the system's answer.
    Io(&'static str, io::Error),
}

/// A file that is locked. It is given up when this is dropped, at once, and not when the last child that was
/// forked meanwhile has closed its copy.
#[derive(Debug)]
pub(crate) struct FileLock(File);

impl FileLock {
    /// Holds the file of this path alone; it is made where there is none.
    pub(crate) fn alone(path: &Path) -> Result<Self, LockFault> {
        Self::held(open(path)?, File::try_lock)
    }

    /// Holds the file of this path together with others who do; it is made where there is none.
    pub(crate) fn shared(path: &Path) -> Result<Self, LockFault> {
        Self::held(open(path)?, File::try_lock_shared)
    }

    /// Holds a file alone that is open already.
    pub(crate) fn of(file: File) -> Result<Self, LockFault> {
        Self::held(file, File::try_lock)
    }

    /// The file itself.
    pub(crate) fn file(&self) -> &File {
        &self.0
    }

    fn held(
        file: File,
        lock: impl Fn(&File) -> Result<(), TryLockError>,
    ) -> Result<Self, LockFault> {
        for attempt in 1.. {
            match lock(&file) {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(LockFault::Held),
                Err(TryLockError::Error(source)) => return Err(LockFault::Io("lock", source)),
            }
        }
        Ok(Self(file))
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

fn open(path: &Path) -> Result<File, LockFault> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600);
    open_own(&mut options, path).map_err(|source| LockFault::Io("open", source))
}
