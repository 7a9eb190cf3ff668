//! Space kept back on the log's disk, so that what is under way can still be recorded when the disk is full.
//! Knows nothing of records.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aegis_core::limits::BALLAST_BYTES;

use crate::private_file::open_own;

/// The name of the file that takes the space.
const BALLAST: &str = "ballast";

/// A file that is there to be removed.
pub(super) struct Ballast {
    path: PathBuf,
    there: bool,
}

impl Ballast {
    /// Takes the space, where it is not taken yet.
    pub(super) fn take(dir: &Path) -> io::Result<Self> {
        let path = dir.join(BALLAST);
        // Blocks and not length: a file with holes keeps no space back.
        let taken = fs::symlink_metadata(&path)
            .is_ok_and(|found| found.is_file() && found.blocks() * 512 >= BALLAST_BYTES);
        if !taken {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            let file = open_own(&mut options, &path)?;
            allocate(&file)?;
        }
        Ok(Self { path, there: true })
    }

    /// Gives the space up; false where it is given up already.
    pub(super) fn release(&mut self) -> bool {
        std::mem::take(&mut self.there) && fs::remove_file(&self.path).is_ok()
    }
}

fn allocate(mut file: &File) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    match fallocate(file, FallocateFlags::empty(), 0, BALLAST_BYTES) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::OPNOTSUPP) => {
            // No zeros: a file system that compresses would keep nothing back.
            let mut left = BALLAST_BYTES;
            let mut block = vec![0_u8; 64 * 1024];
            crate::random::fill(&mut block).map_err(|_| io::Error::other("no randomness"))?;
            while left > 0 {
                file.write_all(&block)?;
                left = left.saturating_sub(u64::try_from(block.len()).unwrap_or(u64::MAX));
            }
            Ok(())
        }
        Err(errno) => Err(errno.into()),
    }
}
