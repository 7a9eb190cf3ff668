//! Removes captures: of a key of salts that is destroyed, of calls whose records go.
//! Knows nothing of why.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use aegis_core::audit::Id;
use aegis_verify::sync_dir;

use super::files::{self, CaptureLines};
use super::keeper::hold;
use crate::private_file::open_own;

/// Removes all captures under a key of salts.
pub(crate) fn forget_key(dir: &Path, salts: &str) -> io::Result<()> {
    let Some(folder) = files::folder(dir, salts) else {
        return Ok(());
    };
    let there = match fs::symlink_metadata(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        there => there?,
    };
    if !there.is_dir() {
        return Err(io::Error::other("a folder of captures is a link"));
    }
    let _lock = hold(dir)?;
    for entry in fs::read_dir(&folder)? {
        fs::remove_file(entry?.path())?;
    }
    sync_dir(&folder)?;
    fs::remove_dir(&folder)?;
    sync_dir(folder.parent().unwrap_or(dir))
}

/// Removes all captures of these calls.
pub(crate) fn forget_calls(dir: &Path, calls: &HashSet<Id>) -> io::Result<()> {
    let days = || calls.iter().map(|call| files::day(*call));
    let (Some(from), Some(to)) = (days().min(), days().max()) else {
        return Ok(());
    };
    if !dir.exists() {
        return Ok(());
    }
    let _lock = hold(dir)?;
    for path in files::between(dir, &from, &to)? {
        without(&path, calls)?;
    }
    Ok(())
}

/// The file as it was but for these calls' lines, in its place in one step; then the bytes that lost their name are blotted.
fn without(path: &Path, calls: &HashSet<Id>) -> io::Result<()> {
    let Some(mut lines) = CaptureLines::open(path)? else {
        return Ok(());
    };
    let (mut goes, mut stays) = (false, false);
    while let Some((_, line)) = lines.advance()? {
        let call = files::split(line).map(|(call, _)| call);
        goes |= call.is_some_and(|call| calls.contains(&call));
        stays |= call.is_some_and(|call| !calls.contains(&call));
    }
    if !goes {
        return Ok(());
    }
    let old = open_own(OpenOptions::new().write(true), path)?;
    match stays {
        true => copy(path, calls)?,
        false => fs::remove_file(path)?,
    }
    sync_dir(path.parent().unwrap_or(Path::new(".")))?;
    blot(old)
}

fn copy(path: &Path, calls: &HashSet<Id>) -> io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    let draft = path.with_file_name(name);
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    let mut out = BufWriter::new(&new);
    let mut lines = CaptureLines::open(path)?.ok_or(io::ErrorKind::NotFound)?;
    while let Some((_, line)) = lines.advance()? {
        if files::split(line).is_some_and(|(call, _)| !calls.contains(&call)) {
            out.write_all(line)?;
        }
    }
    out.flush()?;
    drop(out);
    new.sync_all()?;
    fs::rename(&draft, path)
}

fn blot(mut file: File) -> io::Result<()> {
    let len = file.metadata()?.len();
    file.rewind()?;
    io::copy(&mut io::repeat(0).take(len), &mut file)?;
    file.sync_all()
}
