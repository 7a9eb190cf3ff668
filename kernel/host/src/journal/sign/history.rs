//! The end of `checkpoints.log`: what its newest entry is, and what a crash left behind it.
//! Knows nothing of what a checkpoint says.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use aegis_core::audit::Note;
use aegis_core::limits;
use aegis_verify::open_regular;

/// The end of a history.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// The newest whole entry.
    pub(super) newest: Option<Note>,
    /// Bytes behind it.
    pub(super) torn: Vec<u8>,
}

impl Tail {
    /// Reads the end of a history; `None` where there is no file. An end that is no history is an error.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        let Some(mut file) = open_regular(path)? else {
            return Ok(None);
        };
        let bytes = end_of(&mut file)?;
        // A text holds no empty line, and neither do signatures: entries are a text, an empty line, signatures, an
        // empty line. Only signatures begin with a dash.
        let mut ends: Vec<usize> = memchr::memmem::find_iter(&bytes, b"\n\n")
            .map(|at| at + 2)
            .collect();
        ends.insert(0, 0);
        let mut newest = None;
        let mut torn_from = 0;
        while let (Some(end), Some(begin)) = (ends.pop(), ends.last()) {
            let piece = bytes.get(*begin..end).unwrap_or_default();
            if !piece.starts_with("\u{2014} ".as_bytes()) {
                continue;
            }
            torn_from = end;
            let text_begin = ends
                .len()
                .checked_sub(2)
                .and_then(|at| ends.get(at))
                .copied();
            let entry = text_begin.and_then(|from| bytes.get(from..end.saturating_sub(1)));
            let note = entry.and_then(|entry| Note::parse(entry).ok());
            newest =
                Some(note.ok_or_else(|| io::Error::other("its end is no history of checkpoints"))?);
            break;
        }
        Ok(Some(Self {
            newest,
            torn: bytes.get(torn_from..).unwrap_or_default().to_vec(),
        }))
    }
}

/// As many bytes as two notes may have.
fn end_of(file: &mut File) -> io::Result<Vec<u8>> {
    let most = u64::try_from(2 * limits::NOTE_BYTES_MAX).unwrap_or(u64::MAX);
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
