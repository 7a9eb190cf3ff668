//! The end of a file of records: what a crash may have left there, and where a file can be followed from.
//! Knows nothing of the whole log.

use std::io;

use aegis_core::audit::{Int, Kind, Leaf, Record, Text, Torn};
use sha2::{Digest, Sha256};

use super::files::SegmentFile;
use super::head::Anchor;
use super::lines::{Line, Lines};

/// Bytes from some offset to a file's end.
pub struct Measured {
    /// Their size and hash.
    pub torn: Torn<'static>,
    /// Whether a crash explains them.
    pub is_torn: bool,
}

/// Measures the bytes from `offset` on. A crash explains a line without its newline (a short write) and
/// runs of NUL (blocks that were never written, ext4's delayed allocation). It explains nothing that is
/// followed by a whole record, and no whole line of other bytes: those were changed.
///
/// # Errors
/// Where the file cannot be read.
pub fn measure(file: &SegmentFile, offset: u64) -> io::Result<Measured> {
    let mut hash = Sha256::new();
    let mut len = 0_u64;
    let mut nul = false;
    let mut newline = false;
    read_from(file, offset, |chunk| {
        hash.update(chunk);
        len += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        nul |= memchr::memchr(0, chunk).is_some();
        newline |= memchr::memchr(b'\n', chunk).is_some();
    })?;
    let followed = nul && newline && find(file, offset, |_| true)?;
    Ok(Measured {
        torn: Torn {
            file: Text::from(file.name.as_str()),
            good_len: Int::saturating(offset),
            len: Int::saturating(len),
            sha256: Leaf::from_bytes(hash.finalize().into()),
        },
        is_torn: if newline { nul && !followed } else { true },
    })
}

fn read_from(file: &SegmentFile, offset: u64, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    let mut source = super::feed::open(file)?;
    source.seek(SeekFrom::Start(offset))?;
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match source.read(&mut chunk)? {
            0 => return Ok(()),
            read => take(chunk.get(..read).unwrap_or_default()),
        }
    }
}

/// Whether some whole record from `offset` on is as asked; a line that is no record is passed over.
fn find(file: &SegmentFile, offset: u64, wanted: impl Fn(&Record<'_>) -> bool) -> io::Result<bool> {
    let mut lines = Lines::open(&file.path, offset)?;
    let mut scratch = Vec::new();
    while let Some(Line::Whole(line)) = lines.advance()? {
        if Record::parse(line, &mut scratch).is_ok_and(|record| wanted(&record)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the record of this number stands in these files, the first of them read from `offset` on.
pub(super) fn holds(files: &[SegmentFile], offset: u64, seq: u64) -> io::Result<bool> {
    let mut from = offset;
    for file in files {
        if find(file, from, |record| record.seq.get() == seq)? {
            return Ok(true);
        }
        from = 0;
    }
    Ok(false)
}

/// The newest file that can be followed by itself: it names the calls in flight, declares what a crash
/// left before it, and the head lies in it or just before it.
pub(super) fn newest(files: &[SegmentFile], anchors: &[Anchor]) -> io::Result<usize> {
    for (at, file) in files.iter().enumerate().skip(1).rev() {
        let reached = anchors
            .iter()
            .all(|anchor| anchor.seq.saturating_add(1) >= file.first_seq);
        if !reached {
            return Ok(0);
        }
        if stands_alone(file)? {
            return Ok(at);
        }
    }
    Ok(0)
}

fn stands_alone(file: &SegmentFile) -> io::Result<bool> {
    let mut lines = Lines::open(&file.path, 0)?;
    let mut scratch = Vec::new();
    let mut kinds = Vec::new();
    while kinds.len() < 2 {
        let Some(Line::Whole(line)) = lines.advance()? else {
            break;
        };
        let Ok(record) = Record::parse(line, &mut scratch) else {
            break;
        };
        kinds.push(record.kind);
    }
    Ok(match kinds.as_slice() {
        [Kind::SegmentOpen, ..] => true,
        [first, second] => *first == Kind::LogOpen && *second == Kind::Recovery,
        _ => false,
    })
}
