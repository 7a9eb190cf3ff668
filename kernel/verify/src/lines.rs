//! Reads a file of records line by line, within bounds and without copying.
//! Knows nothing of records.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use aegis_core::limits;

use super::regular::open_regular;

/// Bytes read at once.
const CHUNK: usize = 256 * 1024;

/// A reader of lines.
pub struct Lines {
    file: File,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
}

/// What comes next in the file.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A line that ends in a newline, without it.
    Whole(&'a [u8]),
    /// The last bytes of the file, without a newline.
    Rest,
    /// More bytes than a record may have, without a newline.
    TooLong,
}

impl Lines {
    /// Opens a file at an offset.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(path: &Path, offset: u64) -> io::Result<Self> {
        // A pipe in a file's place would never end.
        let mut file = open_regular(path)?.ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self {
            file,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            offset,
        })
    }

    /// The offset of the next line.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The next line; `None` at the end of the file.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn advance(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut searched = 0;
        loop {
            let pending = self.buffer.get(self.start..self.end).unwrap_or_default();
            let tail = pending.get(searched..).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', tail) {
                let (from, to) = (self.start, self.start + searched + at);
                self.start = to + 1;
                self.offset += u64::try_from(to + 1 - from).unwrap_or(u64::MAX);
                return Ok(Some(Line::Whole(
                    self.buffer.get(from..to).unwrap_or_default(),
                )));
            }
            searched = pending.len();
            if searched > limits::RECORD_BYTES_MAX {
                return Ok(Some(Line::TooLong));
            }
            if !self.fill()? {
                return Ok((searched > 0).then_some(Line::Rest));
            }
        }
    }

    /// Reads more behind what is pending; false at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let free = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = self.file.read(free)?;
        self.end += read;
        Ok(read > 0)
    }
}
