//! Writes frames: one JSON text, one line, whole.
//! Knows nothing of messages.

use std::io;

use memchr::{memchr2, memchr2_iter};
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// How much memory an idle writer keeps, in bytes.
const KEPT_BYTES: usize = 64 * 1024;

/// Writes each text as one line. What was pushed is written whole and in order even where the future
/// that began to write it is dropped.
#[derive(Debug)]
pub struct FrameWriter<W> {
    output: W,
    pending: Vec<u8>,
    written: usize,
}

impl<W: AsyncWrite + Unpin> FrameWriter<W> {
    /// Writes to this stream.
    pub fn new(output: W) -> Self {
        Self {
            output,
            pending: Vec::new(),
            written: 0,
        }
    }

    /// Adds one compact JSON text as a line. The characters at which some readers split lines beside
    /// LF (U+0085, U+2028, U+2029: only strings can hold them) are written as escapes.
    pub fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut done = 0;
        for at in memchr2_iter(0xC2, 0xE2, bytes) {
            let rest = bytes.get(at..).unwrap_or_default();
            let escape: &[u8] = match rest {
                [0xC2, 0x85, ..] => b"\\u0085",
                [0xE2, 0x80, 0xA8, ..] => b"\\u2028",
                [0xE2, 0x80, 0xA9, ..] => b"\\u2029",
                _ => continue,
            };
            self.pending
                .extend_from_slice(bytes.get(done..at).unwrap_or_default());
            self.pending.extend_from_slice(escape);
            done = at + if escape == b"\\u0085" { 2 } else { 3 };
        }
        self.pending
            .extend_from_slice(bytes.get(done..).unwrap_or_default());
        self.pending.push(b'\n');
    }

    /// As [`FrameWriter::push`], for who has no more use for the text: alone and without such characters it is not copied.
    pub fn push_owned(&mut self, text: String) {
        if !self.pending.is_empty() || memchr2(0xC2, 0xE2, text.as_bytes()).is_some() {
            self.push(&text);
            return;
        }
        self.pending = text.into_bytes();
        self.pending.push(b'\n');
    }

    /// Writes all that is pending. Cancel safe: the next flush goes on where this one stopped.
    ///
    /// # Errors
    /// Where the stream fails; the frames are then lost.
    pub async fn flush(&mut self) -> io::Result<()> {
        while let Some(rest) = self.pending.get(self.written..).filter(|r| !r.is_empty()) {
            let count = self.output.write(rest).await?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.written += count;
        }
        self.pending.clear();
        self.pending.shrink_to(KEPT_BYTES);
        self.written = 0;
        self.output.flush().await
    }

    /// Adds one text and writes all that is pending.
    ///
    /// # Errors
    /// As [`FrameWriter::flush`].
    pub async fn write(&mut self, text: &str) -> io::Result<()> {
        self.push(text);
        self.flush().await
    }

    /// Writes all that is pending and closes the stream.
    ///
    /// # Errors
    /// As [`FrameWriter::flush`].
    pub async fn close(&mut self) -> io::Result<()> {
        self.flush().await?;
        self.output.shutdown().await
    }
}
