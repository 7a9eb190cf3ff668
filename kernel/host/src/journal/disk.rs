//! The calls by which the log reaches the disk, so that a test can make them fail.
//! Knows nothing of what is written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

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

    /// Makes a file that is not there yet, to be appended to by its owner alone.
    ///
    /// # Errors
    /// Where it is there, or cannot be made.
    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
    }

    /// Gives a file another name, in one step in the place of the one that bore it.
    ///
    /// # Errors
    /// Where that failed: then the names are as before.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    /// Removes a file's name.
    ///
    /// # Errors
    /// Where it stays.
    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// The system's disk.
#[derive(Debug)]
pub struct SystemDisk;

impl Disk for SystemDisk {}
