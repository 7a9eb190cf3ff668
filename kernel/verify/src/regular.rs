//! Opening what may have been laid there by an attacker: regular files alone, and no more bytes than are wanted.
//! Knows nothing of what they hold.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Opens a regular file; `None` where there is none of that name. A link, a pipe, a device or a folder in its
/// place is an error: a pipe would never end, and a link leads out of what was handed in.
///
/// # Errors
/// Where it is something else or cannot be opened.
pub fn open_regular(path: &Path) -> io::Result<Option<File>> {
    let named = match fs::symlink_metadata(path) {
        Ok(named) => named,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(naming(path, error)),
    };
    let odd = || {
        let what = format!("`{}` is no regular file", path.display());
        io::Error::new(io::ErrorKind::InvalidInput, what)
    };
    if !named.is_file() {
        return Err(odd());
    }
    let file = File::open(path).map_err(|error| naming(path, error))?;
    let held = file.metadata()?;
    if (held.dev(), held.ino()) != (named.dev(), named.ino()) {
        return Err(odd());
    }
    Ok(Some(file))
}

/// The fault with the place that it is about: whoever reads it alone must know which file is meant.
#[must_use]
pub fn naming(path: &Path, fault: io::Error) -> io::Error {
    io::Error::new(fault.kind(), format!("`{}`: {fault}", path.display()))
}

/// Reads a small regular file; `None` where there is none, or more than `max` bytes as an error.
///
/// # Errors
/// Where it cannot be read, is no regular file or is longer.
pub fn read_bounded(path: &Path, max: usize) -> io::Result<Option<Vec<u8>>> {
    let Some(file) = open_regular(path)? else {
        return Ok(None);
    };
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > max {
        let what = format!("`{}` is longer than {max} bytes", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    Ok(Some(bytes))
}
