//! The key that authenticates the store, the lock that makes it one kernel's, and the files' permissions.
//! Knows nothing of what is authenticated.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use rustix::fs::OFlags;
use rustix::process::{getegid, geteuid};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::StateFault;
use crate::lock::{FileLock, LockFault};
use crate::private_file::write_private;
use crate::random;

const KEY_BYTES: usize = 32;

/// A tag of HMAC-SHA-256.
pub(super) type Tag = [u8; 32];

/// The key, wiped when dropped. While a kernel holds it, the open file holds an exclusive lock.
pub(super) struct Key {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    _lock: Option<FileLock>,
}

impl Key {
    /// Takes the key beside the state file for this process alone, and makes it where neither exists.
    pub(super) fn take(state: &Path) -> Result<Self, StateFault> {
        let folder = folder(state);
        if !folder.as_os_str().is_empty() && !folder.exists() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&folder)?;
        }
        check_folder(&folder)?;
        let path = path(state);
        if !path.exists() {
            if fs::metadata(state).is_ok_and(|file| file.len() > 0) {
                return Err(StateFault::KeyMissing(path));
            }
            create(&path)?;
        }
        let file = open(&path)?;
        let lock = FileLock::of(file).map_err(|fault| match fault {
            LockFault::Held => StateFault::Held(state.to_path_buf()),
            LockFault::Io(_, error) => error.into(),
        })?;
        let bytes = read(lock.file(), &path)?;
        Ok(Self {
            bytes,
            _lock: Some(lock),
        })
    }

    /// Reads the key to look at the store without holding it.
    pub(super) fn borrow(state: &Path) -> Result<Self, StateFault> {
        let path = path(state);
        if !path.exists() {
            return Err(StateFault::KeyMissing(path));
        }
        let bytes = read(&open(&path)?, &path)?;
        Ok(Self { bytes, _lock: None })
    }

    /// The tag of a message whose first byte string names its domain.
    pub(super) fn tag(&self, message: &[u8]) -> Result<Tag, StateFault> {
        Ok(self.mac(message)?.finalize().into_bytes().into())
    }

    /// Whether the tag is this message's, compared in constant time.
    pub(super) fn verify(&self, message: &[u8], tag: &[u8]) -> Result<bool, StateFault> {
        Ok(self.mac(message)?.verify_slice(tag).is_ok())
    }

    fn mac(&self, message: &[u8]) -> Result<Hmac<Sha256>, StateFault> {
        let mac = Hmac::<Sha256>::new_from_slice(self.bytes.as_slice());
        // HMAC takes keys of every length; the error exists for other MACs.
        let mut mac = mac.map_err(|error| StateFault::Io(error.to_string()))?;
        mac.update(message);
        Ok(mac)
    }
}

/// Makes the state file for its owner alone before the database opens it: SQLite gives its `-wal` and
/// `-shm` files the same mode.
pub(super) fn prepare(state: &Path) -> Result<(), StateFault> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(state)?;
    check_file(&file, state)
}

/// `state.db` → `state.key`.
fn path(state: &Path) -> PathBuf {
    state.with_extension("key")
}

fn folder(state: &Path) -> PathBuf {
    match state.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Whoever may write the folder can put older files back. The group of this process may: where umask is
/// 002, that group is the user's own.
fn check_folder(folder: &Path) -> Result<(), StateFault> {
    let found = fs::metadata(folder)?;
    let others = found.mode() & 0o002 != 0;
    let group = found.mode() & 0o020 != 0 && found.gid() != getegid().as_raw();
    let stranger = found.uid() != geteuid().as_raw() && found.uid() != 0;
    if others || group || stranger {
        return Err(StateFault::Unsafe {
            path: folder.to_path_buf(),
            reason: "may be changed by others: give the state a folder of its own, `chmod 700`",
        });
    }
    Ok(())
}

fn check_file(file: &File, path: &Path) -> Result<(), StateFault> {
    let found = file.metadata()?;
    let reason = if !found.is_file() {
        "is no regular file"
    } else if found.uid() != geteuid().as_raw() {
        "is another user's"
    } else if found.mode() & 0o077 != 0 {
        "may be read or changed by others: `chmod 600` it"
    } else if found.nlink() != 1 {
        "has a second name: remove the hard link"
    } else {
        return Ok(());
    };
    Err(StateFault::Unsafe {
        path: path.to_path_buf(),
        reason,
    })
}

fn create(path: &Path) -> Result<(), StateFault> {
    let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
    random::fill(bytes.as_mut_slice()).map_err(|error| StateFault::Io(error.to_string()))?;
    write_private(path, bytes.as_slice())?;
    Ok(())
}

fn open(path: &Path) -> Result<File, StateFault> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(no_follow())
        .open(path)?;
    check_file(&file, path)?;
    Ok(file)
}

fn read(mut file: &File, path: &Path) -> Result<Zeroizing<[u8; KEY_BYTES]>, StateFault> {
    let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
    let whole = file.metadata()?.len() == 32 && file.read_exact(bytes.as_mut_slice()).is_ok();
    if !whole {
        return Err(StateFault::Unsafe {
            path: path.to_path_buf(),
            reason: "is no key of this kernel: it must hold 32 bytes",
        });
    }
    Ok(bytes)
}

fn no_follow() -> i32 {
    // The bits are the platform's own `O_NOFOLLOW`, which std takes as an `i32`.
    i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default()
}
