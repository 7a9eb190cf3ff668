//! Where a program is: in a folder, or in one of those that `PATH` names.
//! Knows nothing of what it is for.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// The file of the program that a command names, as execvp(3) would find it from a folder.
///
/// # Errors
/// Where there is none, or none that may be run.
pub(crate) fn find(name: &str, folder: &Path, path: Option<&OsStr>) -> io::Result<PathBuf> {
    if name.contains('/') {
        let file = absolute(&folder.join(name))?;
        return may_run(&file).map(|()| file);
    }
    let mut fault = io::Error::from(rustix::io::Errno::NOENT);
    for place in std::env::split_paths(path.unwrap_or_default()) {
        let file = absolute(&folder.join(place).join(name))?;
        match may_run(&file) {
            Ok(()) => return Ok(file),
            Err(found) if found.kind() == io::ErrorKind::PermissionDenied => fault = found,
            Err(_) => {}
        }
    }
    Err(fault)
}

/// Against the kernel's own folder; links stay as they are, for programs look at where they stand.
fn absolute(file: &Path) -> io::Result<PathBuf> {
    std::path::absolute(file)
}

fn may_run(file: &Path) -> io::Result<()> {
    let about = std::fs::metadata(file)?;
    if !about.is_file() {
        return Err(rustix::io::Errno::ACCESS.into());
    }
    Ok(access(file, Access::EXEC_OK)?)
}
