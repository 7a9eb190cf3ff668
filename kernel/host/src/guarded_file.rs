//! Reads a file that its owner, which is us, may open and nobody else.
//! Knows nothing of what it holds.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, fstat};
use thiserror::Error;
use zeroize::Zeroizing;

/// Why a file is not read.
#[derive(Debug, Error)]
pub enum GuardFault {
    /// It cannot be opened or read.
    #[error("`{0}` cannot be read ({1}); create it with mode 600 and the kernel's owner")]
    Unreadable(PathBuf, io::ErrorKind),
    /// It is a folder, device, pipe or socket.
    #[error("`{0}` is not a regular file; put the value into a regular file")]
    NotAFile(PathBuf),
    /// It is somebody else's.
    #[error("`{0}` belongs to another user; chown it to the user that runs the kernel")]
    NotOurs(PathBuf),
    /// Others may open it.
    #[error("`{0}` has mode {1:03o}, open to others than its owner; chmod it to 600")]
    Open(PathBuf, u32),
}

/// One byte more than `max` at the most, in memory that is wiped. What is judged is the opened file, not its name: nothing
/// can be put in its place in between.
pub(crate) fn read_guarded(path: &Path, max: usize) -> Result<Zeroizing<Vec<u8>>, GuardFault> {
    let unreadable = |error: io::Error| GuardFault::Unreadable(path.to_owned(), error.kind());
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(unreadable)?;
    let status = fstat(&file).map_err(|error| unreadable(error.into()))?;
    if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
        return Err(GuardFault::NotAFile(path.to_owned()));
    }
    if status.st_uid != rustix::process::geteuid().as_raw() {
        return Err(GuardFault::NotOurs(path.to_owned()));
    }
    let mode = Mode::from_raw_mode(status.st_mode);
    if mode.intersects(Mode::RWXG | Mode::RWXO) {
        return Err(GuardFault::Open(path.to_owned(), mode.bits()));
    }
    let size = usize::try_from(status.st_size).unwrap_or(max);
    read_bounded(file, size, max).map_err(unreadable)
}

/// Into memory that is not reallocated while the file keeps its size, and so leaves no copy behind.
fn read_bounded(file: File, size: usize, max: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let bound = max.saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.min(bound).saturating_add(64)));
    let more = u64::try_from(bound).unwrap_or(u64::MAX);
    file.take(more).read_to_end(&mut bytes)?;
    Ok(bytes)
}
