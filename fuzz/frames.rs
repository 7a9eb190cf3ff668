//! The reader of frames: any bytes are frames and refusals, the same ones however the stream is cut.
//! Knows nothing of where bytes come from: the fuzzer's target and a test bring them.

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use aegis_core::json::JsonRules;
use aegis_core::limits::{LINE_BYTES_MAX, MESSAGE_RULES};
use aegis_host::wire::{FrameReader, read_message};
use tokio::io::{AsyncRead, ReadBuf};

/// Short lines, so that short inputs reach the bound.
const RULES: JsonRules = JsonRules {
    bytes_max: 96,
    ..MESSAGE_RULES
};

/// A stream that gives so many bytes at a time.
struct Pieces<'a> {
    rest: &'a [u8],
    size: usize,
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let count = this.size.min(this.rest.len()).min(into.remaining());
        let (piece, rest) = this.rest.split_at(count);
        into.put_slice(piece);
        this.rest = rest;
        Poll::Ready(Ok(()))
    }
}

/// Each frame as it is written again, and each refusal by its name, with the length of its line.
fn read(bytes: &[u8], size: usize, rules: JsonRules) -> Vec<(String, usize)> {
    let mut reader = FrameReader::new(Pieces { rest: bytes, size }, rules);
    let mut context = Context::from_waker(Waker::noop());
    let mut all = Vec::new();
    loop {
        // The stream is never pending, so neither is what is read of it.
        let next = pin!(reader.next()).poll(&mut context);
        let Poll::Ready(Ok(next)) = next else {
            panic!("the stream neither fails nor waits");
        };
        match next {
            None => return all,
            Some(Ok(frame)) => {
                let written = frame.json.to_string();
                assert!(frame.bytes <= rules.bytes_max);
                let again = read_message(written.as_bytes(), &MESSAGE_RULES).expect("it was read");
                assert_eq!(again.json, frame.json);
                assert!(!written.contains(['\n', '\r', '\0']));
                all.push((written, frame.bytes));
            }
            Some(Err(bad)) => {
                let id = bad.id.map(|id| id.to_json().to_string());
                all.push((format!("{} {id:?}", bad.fault.code()), 0));
            }
        }
    }
}

/// Whether all of it was frames.
pub fn frames(bytes: &[u8]) -> bool {
    let whole = read(bytes, LINE_BYTES_MAX, MESSAGE_RULES);
    let short = read(bytes, LINE_BYTES_MAX, RULES);
    for size in [1, 7, 64] {
        assert_eq!(read(bytes, size, MESSAGE_RULES), whole);
        assert_eq!(read(bytes, size, RULES), short);
    }
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    assert!(whole.len() <= lines && short.len() <= lines);
    let _ = read_message(bytes, &MESSAGE_RULES);
    !whole.is_empty() && whole.iter().all(|(text, _)| text.starts_with(['{', '[']))
}
