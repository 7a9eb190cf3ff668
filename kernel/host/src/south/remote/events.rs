//! Reads a stream of server-sent events (HTML Living Standard §9.2.6), bounded in memory and in noise.
//! Knows nothing of what the events say, nor of where their bytes come from.

use aegis_core::limits;
use hyper::body::Bytes;
use memchr::memchr2;

use super::fault::Fault;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// What stands before the data in a line of data, at most.
const FIELD_BYTES: usize = 8;

/// A reader of one stream. However the bytes are cut, it finds the same events.
pub(super) struct Events {
    chunk: Bytes,
    /// The line that is being read.
    line: Vec<u8>,
    /// The data of the event that is being read; `None` before its first line of them.
    data: Option<Vec<u8>>,
    /// Whether the event is one that MCP knows: without a name, or `message`.
    is_message: bool,
    /// Whether the last line ended with a CR, which an LF may follow.
    after_cr: bool,
    is_first_line: bool,
    data_bytes_max: usize,
    noise: usize,
}

impl Events {
    /// Reads events of at most so many bytes of data.
    pub(super) fn new(data_bytes_max: usize) -> Self {
        Self {
            chunk: Bytes::new(),
            line: Vec::new(),
            data: None,
            is_message: true,
            after_cr: false,
            is_first_line: true,
            data_bytes_max,
            noise: 0,
        }
    }

    /// Gives it the next bytes of the stream, once it has no more events of the last ones.
    pub(super) fn feed(&mut self, chunk: Bytes) {
        self.chunk = chunk;
    }

    /// The data of the next event that says something; `None` where more bytes are needed. An event that the
    /// stream's end cuts off is none.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        loop {
            if self.after_cr && self.chunk.first() == Some(&b'\n') {
                let _ = self.chunk.split_to(1);
            }
            if !self.chunk.is_empty() {
                self.after_cr = false;
            }
            let Some(end) = memchr2(b'\n', b'\r', &self.chunk) else {
                let rest = std::mem::take(&mut self.chunk);
                self.append(&rest)?;
                return Ok(None);
            };
            let piece = self.chunk.split_to(end);
            self.append(&piece)?;
            let ending = self.chunk.split_to(1);
            self.after_cr = ending.first() == Some(&b'\r');
            let line = std::mem::take(&mut self.line);
            if let Some(data) = self.read(&line)? {
                return Ok(Some(data));
            }
        }
    }

    fn append(&mut self, piece: &[u8]) -> Result<(), Fault> {
        if self.line.len() + piece.len() > self.data_bytes_max.saturating_add(FIELD_BYTES) {
            return Err(Fault::TooLarge);
        }
        self.line.extend_from_slice(piece);
        Ok(())
    }

    /// Reads one line; where it ends an event, that event's data.
    fn read(&mut self, line: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let first = std::mem::take(&mut self.is_first_line);
        let line = match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) if first => rest,
            _ => line,
        };
        if line.is_empty() {
            return self.ended();
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(at) => (line.get(..at), line.get(at + 1..)),
            None => (Some(line), None),
        };
        let value = value.unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field.unwrap_or_default() {
            b"data" => {
                let data = match &mut self.data {
                    Some(data) => {
                        data.push(b'\n');
                        data
                    }
                    none => none.insert(Vec::new()),
                };
                if data.len() + value.len() > self.data_bytes_max {
                    return Err(Fault::TooLarge);
                }
                data.extend_from_slice(value);
                Ok(None)
            }
            b"event" => {
                self.is_message = matches!(value, b"" | b"message");
                self.passed_over(line.len())
            }
            // A comment, `id` and `retry` of a stream that is not resumed, or what nobody knows.
            _ => self.passed_over(line.len()),
        }
    }

    fn ended(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let is_message = std::mem::replace(&mut self.is_message, true);
        match self.data.take() {
            // Events without data say nothing: some servers begin with one.
            Some(data) if is_message && !data.is_empty() => Ok(Some(data)),
            data => self.passed_over(data.map_or(0, |data| data.len())),
        }
    }

    /// What says nothing counts, so that it ends.
    fn passed_over(&mut self, bytes: usize) -> Result<Option<Vec<u8>>, Fault> {
        self.noise = self.noise.saturating_add(bytes).saturating_add(1);
        match self.noise > limits::SSE_NOISE_BYTES_MAX {
            true => Err(Fault::TooLarge),
            false => Ok(None),
        }
    }
}
