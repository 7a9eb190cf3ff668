//! Files and folders that their owner alone may read: made, or put in place of others, whole or not at all.
//! Knows nothing of what they hold.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aegis_verify::sync_dir;
use rustix::fs::OFlags;

/// Puts a file that its owner alone may read in its place in one step, durable with its name: a crash leaves
/// the whole file or none.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, true)?;
    sync_dir(folder_of(path))
}

/// Makes a private file that must not be there yet, whole or not at all, durable with its name.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = draft_of(path);
    replace(&temporary, bytes, true)?;
    // A link never replaces: a file that is there stays what it is.
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    linked?;
    sync_dir(folder_of(path))
}

/// Replaces a file in one step; its bytes are durable before its name where `sync`, its name at some later time.
pub(crate) fn replace(path: &Path, bytes: &[u8], sync: bool) -> io::Result<()> {
    let temporary = draft_of(path);
    match fs::remove_file(&temporary) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(bytes)?;
    if sync {
        file.sync_all()?;
    }
    fs::rename(&temporary, path)
}

/// Opens a file that is ours to write. A link, a pipe, a device or a folder under its name is an error: a link leads to
/// what is somebody else's, and a pipe is waited for without end.
pub(crate) fn open_own(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let flags = i32::try_from(flags).map_err(io::Error::other)?;
    let file = options.custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    let what = format!("`{}` is no regular file", path.display());
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

/// Makes a folder that its owner alone may enter, and those above it.
pub(crate) fn private_dir(dir: &Path) -> io::Result<()> {
    if dir.as_os_str().is_empty() || fs::metadata(dir).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Where a file is written before it has its name.
fn draft_of(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}

fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or_else(|| Path::new("."))
}
