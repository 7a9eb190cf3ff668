//! Reads frames: one line, one strict JSON value, bounded in memory.
//! Knows nothing of messages.

use std::io;

use aegis_core::json::{self, Json, JsonRules};
use memchr::memchr;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::salvage::salvage;
use super::{BadFrame, FrameFault};

/// How much is asked of the stream at once, at best and at least, in bytes.
const READ_BYTES: usize = 64 * 1024;
const READ_BYTES_MIN: usize = READ_BYTES / 4;
/// How much memory an idle reader keeps, in bytes.
const KEPT_BYTES: usize = 4 * READ_BYTES;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One line that was read strictly, once. Whoever passes it on writes `json`, never the line.
#[derive(Debug)]
pub struct Frame {
    /// The value.
    pub json: Json,
    /// Length of its line in bytes, without the line's end.
    pub bytes: usize,
}

/// Splits a stream at LF and reads each line once.
#[derive(Debug)]
pub struct FrameReader<R> {
    input: R,
    rules: JsonRules,
    /// As they were at first.
    given: JsonRules,
    buffer: Vec<u8>,
    /// Where the current line begins in `buffer`, and up to where it holds no LF.
    start: usize,
    scanned: usize,
    /// Whether the current line was refused for its length and runs on to its LF.
    skipping: bool,
    ended: bool,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Reads lines of at most `rules.bytes_max` bytes.
    pub fn new(input: R, rules: JsonRules) -> Self {
        Self {
            input,
            rules,
            given: rules,
            buffer: Vec::new(),
            start: 0,
            scanned: 0,
            skipping: false,
            ended: false,
        }
    }

    /// From here on, lines of at most so many bytes are read: an answer that is known to be large may
    /// be awaited.
    pub fn set_bytes_max(&mut self, bytes_max: usize) {
        self.rules = self.given.of_bytes(bytes_max);
    }

    /// The next frame or the next refused line; `None` at the end of the stream. Blank lines are passed
    /// over; a last line without LF is a line. Cancel safe: a dropped future loses no bytes.
    ///
    /// # Errors
    /// Where the stream itself fails.
    pub async fn next(&mut self) -> io::Result<Option<Result<Frame, BadFrame>>> {
        loop {
            while let Some(found) = self.step() {
                if let Some(found) = found {
                    return Ok(Some(found));
                }
            }
            if self.ended {
                return Ok(None);
            }
            self.fill().await?;
        }
    }

    /// Takes one line off the buffer. `None` where more bytes are needed; `Some(None)` where the line
    /// says nothing.
    fn step(&mut self) -> Option<Option<Result<Frame, BadFrame>>> {
        let fresh = self.buffer.get(self.scanned..).unwrap_or_default();
        let end = match memchr(b'\n', fresh) {
            Some(at) => self.scanned + at,
            None if self.ended && self.start < self.buffer.len() => self.buffer.len(),
            None => {
                self.scanned = self.buffer.len();
                return self.cut_overlong().map(Some);
            }
        };
        let line = self.buffer.get(self.start..end).unwrap_or_default();
        let found = if self.skipping {
            None
        } else {
            read(line, &self.rules)
        };
        self.skipping = false;
        self.start = (end + 1).min(self.buffer.len());
        self.scanned = self.start;
        Some(found)
    }

    /// Refuses a line as soon as it is too long, and forgets what was read of it. One byte more than
    /// the bound is let pass, for the CR of a CRLF.
    fn cut_overlong(&mut self) -> Option<Result<Frame, BadFrame>> {
        let bytes = self.buffer.len() - self.start;
        if !self.skipping && bytes <= self.rules.bytes_max.saturating_add(1) {
            return None;
        }
        let buffer = std::mem::take(&mut self.buffer);
        let line = buffer.get(self.start..).unwrap_or_default();
        self.start = 0;
        self.scanned = 0;
        if std::mem::replace(&mut self.skipping, true) {
            return None;
        }
        Some(Err(refused(line, FrameFault::LineTooLong, &self.rules)))
    }

    async fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.scanned -= self.start;
            self.start = 0;
            if self.buffer.capacity() > KEPT_BYTES {
                self.buffer.shrink_to(READ_BYTES);
            }
        }
        // Rather a short read than a buffer that grows and shrinks again with every half line.
        if self.buffer.capacity() - self.buffer.len() < READ_BYTES_MIN {
            self.buffer.reserve(READ_BYTES);
        }
        self.ended = self.input.read_buf(&mut self.buffer).await? == 0;
        Ok(())
    }
}

/// Reads a whole message that is no line: there, line ends are JSON's own white space.
///
/// # Errors
/// As a line, and where there is nothing at all.
pub fn read_message(bytes: &[u8], rules: &JsonRules) -> Result<Frame, BadFrame> {
    let fault = if bytes.len() > rules.bytes_max {
        FrameFault::LineTooLong
    } else if bytes.starts_with(BYTE_ORDER_MARK) {
        FrameFault::ByteOrderMark
    } else if memchr(0, bytes).is_some() {
        FrameFault::NulByte
    } else {
        match json::parse(bytes, rules) {
            Ok(json) => {
                let bytes = bytes.len();
                return Ok(Frame { json, bytes });
            }
            Err(fault) => FrameFault::Json(fault),
        }
    };
    Err(refused(bytes, fault, rules))
}

/// Reads one line without its LF; `None` where it is blank.
fn read(line: &[u8], rules: &JsonRules) -> Option<Result<Frame, BadFrame>> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let fault = if line.len() > rules.bytes_max {
        FrameFault::LineTooLong
    } else if line.starts_with(BYTE_ORDER_MARK) {
        FrameFault::ByteOrderMark
    } else if memchr(b'\r', line).is_some() {
        FrameFault::BareCarriageReturn
    } else if memchr(0, line).is_some() {
        FrameFault::NulByte
    } else if line.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
        return None;
    } else {
        match json::parse(line, rules) {
            Ok(json) => {
                let bytes = line.len();
                return Some(Ok(Frame { json, bytes }));
            }
            Err(fault) => FrameFault::Json(fault),
        }
    };
    Some(Err(refused(line, fault, rules)))
}

/// Of a line that is too long only what is within the bound is looked at: the rest may never have been read.
fn refused(line: &[u8], fault: FrameFault, rules: &JsonRules) -> BadFrame {
    let unmarked = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    let id = match fault {
        FrameFault::LineTooLong => salvage(line.get(..rules.bytes_max).unwrap_or(line), true),
        _ => salvage(unmarked, false),
    };
    BadFrame {
        fault,
        id,
        bytes: line.len(),
    }
}
