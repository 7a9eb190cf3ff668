//! The checkpoint that witnesses have signed, beside the log: the kernel's anchors and `audit cosign` add to it, one at a time.
//! Knows nothing of which witness is believed: whoever adds a line has judged it.

use std::io;
use std::path::Path;

use aegis_core::audit::{Checkpoint, Note, NoteSignature};
use aegis_core::limits;
use aegis_verify::{CHECKPOINT, COSIGNED, read_bounded};

use crate::lock::{FileLock, LockFault};
use crate::private_file::replace;

/// Whoever holds this file writes the other one.
const LOCK: &str = "cosigned.lock";
/// How often it is waited for: whoever holds it writes two small files.
const TURNS: u32 = 10;

/// Adds a witness' line to the newest note that witnesses have signed: beside those of others where they signed the same
/// one. A line for an older checkpoint than theirs is not news and is let go.
///
/// # Errors
/// Where the note cannot be read or put in place, or somebody else is at it for too long.
pub(crate) fn add(dir: &Path, note: &Note, line: NoteSignature, sync: bool) -> io::Result<()> {
    let _lock = hold(dir)?;
    let path = dir.join(COSIGNED);
    let mut cosigned = match read(&path)? {
        Some(there) if there.text() == note.text() => there,
        Some(there) if is_newer(dir, &there, note)? => return Ok(()),
        _ => note.clone(),
    };
    cosigned.add(line);
    replace(&path, cosigned.to_string().as_bytes(), sync)
}

/// Whether the note in place is of a later checkpoint of this log. One that the log itself has not come to is nobody's.
fn is_newer(dir: &Path, there: &Note, note: &Note) -> io::Result<bool> {
    let of = |note: &Note| Checkpoint::parse(note.text());
    let newest = read(&dir.join(CHECKPOINT))?.and_then(|newest| of(&newest));
    let (Some(there), Some(ours), Some(newest)) = (of(there), of(note), newest) else {
        return Ok(false);
    };
    Ok(there.origin == ours.origin && there.size > ours.size && there.size <= newest.size)
}

fn read(path: &Path) -> io::Result<Option<Note>> {
    let bytes = read_bounded(path, limits::NOTE_BYTES_MAX)?;
    Ok(bytes.and_then(|bytes| Note::parse(&bytes).ok()))
}

fn hold(dir: &Path) -> io::Result<FileLock> {
    let path = dir.join(LOCK);
    for _ in 0..TURNS {
        match FileLock::alone(&path) {
            Ok(lock) => return Ok(lock),
            Err(LockFault::Held) => {}
            Err(LockFault::Io(_, error)) => return Err(error),
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}
