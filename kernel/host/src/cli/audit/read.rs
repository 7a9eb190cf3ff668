//! Goes through a log's records for people to look at.
//! Knows nothing of proofs: who wants to know whether the log holds asks `verify`.

use std::io;
use std::path::Path;

use aegis_core::audit::{Record, Tombstone};

use crate::journal::{Line, Lines, LogFiles};

/// Hands every readable record to `take`, in order, with its line. Returns how many lines were not readable.
pub(super) fn each(
    dir: &Path,
    mut take: impl FnMut(&Record<'_>, &[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let files = LogFiles::list(dir)?;
    if files.segments.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no log in `{}`", dir.display()),
        ));
    }
    let mut unreadable = 0;
    let mut scratch = Vec::new();
    for file in &files.segments {
        let mut lines = Lines::open(&file.path, 0)?;
        while let Some(Line::Whole(line)) = lines.advance()? {
            match Record::parse(line, &mut scratch) {
                Ok(record) => take(&record, line)?,
                // Removed by a record that is shown itself.
                Err(_) if Tombstone::parse(line).is_some() => {}
                Err(_) => unreadable += 1,
            }
        }
    }
    Ok(unreadable)
}

/// What stands in the place of a record, where its bytes were removed.
pub(super) fn stone(dir: &Path, seq: u64) -> io::Result<Option<Tombstone>> {
    let files = LogFiles::list(dir)?;
    let Some(file) = files.segments.iter().rfind(|file| file.first_seq <= seq) else {
        return Ok(None);
    };
    let mut lines = Lines::open(&file.path, 0)?;
    while let Some(Line::Whole(line)) = lines.advance()? {
        if let Some(stone) = Tombstone::parse(line).filter(|stone| stone.seq == seq) {
            return Ok(Some(stone));
        }
    }
    Ok(None)
}

/// Says on standard error that a view is not whole.
pub(super) fn warn(unreadable: u64) {
    if unreadable > 0 {
        crate::told::tell!(
            "aegis audit: {unreadable} lines are no records and are left out: run `aegis audit verify`"
        );
    }
}
