//! The input as text, read in windows, with progress where somebody watches.
//! Knows nothing of masks.

use std::io::{self, IsTerminal as _, Read, Write as _};

use aegis_core::limits;

use super::piece::Fault;

/// How much is read at a time, in bytes.
pub(super) const WINDOW_BYTES: usize = 256 * 1024;
/// How much is read between two words of progress, in bytes.
const PROGRESS_BYTES: u64 = 16 * 1024 * 1024;

/// Text that was read and not yet taken.
pub(super) struct Source<'i> {
    input: Box<dyn Read + 'i>,
    size: Option<u64>,
    text: String,
    /// Bytes of a character that is not whole yet.
    rest: Vec<u8>,
    read: u64,
    said: u64,
    watched: bool,
    ended: bool,
}

impl<'i> Source<'i> {
    pub(super) fn new(input: Box<dyn Read + 'i>, size: Option<u64>) -> Self {
        Self {
            input,
            size,
            text: String::new(),
            rest: Vec::new(),
            read: 0,
            said: 0,
            watched: io::stderr().is_terminal(),
            ended: false,
        }
    }

    /// Reads until there are so many bytes, or the input ends.
    pub(super) fn fill(&mut self, bytes: usize) -> Result<(), Fault> {
        let mut block = vec![0; 64 * 1024];
        while !self.ended && self.text.len() < bytes {
            let count = match self.input.read(&mut block) {
                Ok(count) => count,
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => continue,
                Err(fault) => return Err(Fault::Read(format!("the input: {fault}"))),
            };
            self.read += u64::try_from(count).unwrap_or(0);
            self.ended = count == 0;
            self.rest
                .extend_from_slice(block.get(..count).unwrap_or_default());
            self.take_text()?;
            self.progress();
        }
        Ok(())
    }

    /// Reads more than there is. An input whose next part does not fit the bound cannot be searched as one.
    pub(super) fn grow(&mut self) -> Result<(), Fault> {
        if self.text.len() >= limits::RESPONSE_BYTES_MAX / 2 {
            return Err(Fault::Withheld {
                at: self.taken(),
                code: "egress.too-long",
            });
        }
        self.fill((self.text.len() * 2).max(WINDOW_BYTES))
    }

    fn take_text(&mut self) -> Result<(), Fault> {
        let whole = match std::str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            Err(fault) if fault.error_len().is_none() && !self.ended => fault.valid_up_to(),
            Err(fault) => {
                let before = self.read - u64::try_from(self.rest.len()).unwrap_or(0);
                let at = before + u64::try_from(fault.valid_up_to()).unwrap_or(0);
                return Err(Fault::Read(format!("the input is not UTF-8 at byte {at}")));
            }
        };
        let text: Vec<u8> = self.rest.drain(..whole).collect();
        self.text.push_str(&String::from_utf8_lossy(&text));
        Ok(())
    }

    /// What was read and not taken.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Takes the first so many bytes.
    pub(super) fn take(&mut self, bytes: usize) -> String {
        let rest = self.text.split_off(bytes.min(self.text.len()));
        std::mem::replace(&mut self.text, rest)
    }

    /// Whether the input has ended; text may be left.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes read.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Bytes taken.
    pub(super) fn taken(&self) -> u64 {
        let waiting = u64::try_from(self.text.len() + self.rest.len()).unwrap_or(0);
        self.read.saturating_sub(waiting)
    }

    fn progress(&mut self) {
        if !self.watched || self.read < self.said + PROGRESS_BYTES && !(self.ended && self.said > 0)
        {
            return;
        }
        self.said = self.read;
        let mib = self.read / (1024 * 1024);
        let end = if self.ended { "\n" } else { "" };
        let of = self
            .size
            .filter(|size| *size > 0)
            .map_or(String::new(), |size| {
                format!(
                    " of {} MiB, {} %",
                    size / (1024 * 1024),
                    self.read.saturating_mul(100) / size
                )
            });
        // Nobody's work depends on it.
        let _ = write!(io::stderr(), "\raegis mask: {mib} MiB{of}{end}");
    }
}
