//! The history of checkpoints: every signed note of a log, one after the other, in a file that only grows.
//! Knows nothing of what the notes say.
//!
//! An entry is a note and an empty line. A checkpoint's text holds no empty line, so that two empty lines end an
//! entry whatever it says, `cat` shows it, and what a crash left of the last one is what follows the last end.

use super::{Note, NoteFault};
use crate::limits;

/// Reads a history from chunks of its bytes, in memory that one note bounds.
#[derive(Debug, Default)]
pub struct History {
    pending: Vec<u8>,
    /// Bytes of `pending` that are whole lines of the present entry.
    searched: usize,
    /// Bytes of `pending` behind which a line's end must be looked for: none is looked at twice, however the file is cut.
    looked: usize,
    /// Bytes of whole entries so far.
    offset: u64,
    /// Empty lines seen in the present entry.
    empty_lines: usize,
}

impl History {
    /// The bytes that a note adds to a history.
    #[must_use]
    pub fn entry(note: &Note) -> String {
        format!("{note}\n")
    }

    /// Adds bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// The next note and the offset at which it begins; `None` where more bytes are needed.
    ///
    /// # Errors
    /// Where an entry is no note, or longer than one; the history is then of no more use.
    pub fn next_note(&mut self) -> Result<Option<(u64, Note)>, NoteFault> {
        loop {
            let from = self.searched.max(self.looked);
            let rest = self.pending.get(from..).unwrap_or_default();
            let Some(at) = rest.iter().position(|byte| *byte == b'\n') else {
                self.looked = self.pending.len();
                return if self.pending.len() > limits::NOTE_BYTES_MAX {
                    Err(NoteFault::TooLong)
                } else {
                    Ok(None)
                };
            };
            let empty = from + at == self.searched;
            self.searched = from + at + 1;
            if !empty {
                continue;
            }
            self.empty_lines += 1;
            if self.empty_lines == 2 {
                break;
            }
        }
        let entry: Vec<u8> = self.pending.drain(..self.searched).collect();
        let begun = self.offset;
        self.offset += u64::try_from(entry.len()).unwrap_or(u64::MAX);
        (self.searched, self.looked, self.empty_lines) = (0, 0, 0);
        let note = entry.strip_suffix(b"\n").ok_or(NoteFault::Shape)?;
        Ok(Some((begun, Note::parse(note)?)))
    }

    /// How many bytes of whole entries there were.
    #[must_use]
    pub fn whole_bytes(&self) -> u64 {
        self.offset
    }

    /// Whether bytes were left that are no whole entry: a crash may leave them, at the very end.
    #[must_use]
    pub fn is_torn(&self) -> bool {
        !self.pending.is_empty()
    }
}
