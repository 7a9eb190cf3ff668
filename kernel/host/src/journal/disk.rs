//! The two calls by which the log reaches the disk, so that a test can make them fail.
//! Knows nothing of what is written.

use std::fs::File;
use std::io::{self, Write};

/// How bytes get to the disk. The methods as given are the system's own.
pub trait Disk: std::fmt::Debug + Send + Sync {
    /// Writes some of the bytes to the file's end: how many.
    ///
    /// # Errors
    /// Where none could be written.
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    /// Makes what was written durable.
    ///
    /// # Errors
    /// Where that failed: then nothing is known of what is on disk, and it is not tried again.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

/// The system's disk.
#[derive(Debug)]
pub struct SystemDisk;

impl Disk for SystemDisk {}
