//! The frame reader says the same however the bytes arrive; the writer's lines are lines to everyone.
//! Knows nothing of messages.

use std::pin::Pin;
use std::task::{Context, Poll};

use aegis_core::json::JsonRules;
use aegis_core::limits::MESSAGE_RULES;
use aegis_host::wire::{FrameReader, FrameWriter, Id};
use proptest::prelude::*;
use tokio::io::{AsyncRead, ReadBuf};

const RULES: JsonRules = JsonRules {
    bytes_max: 40,
    ..MESSAGE_RULES
};

/// Gives its bytes in pieces of the given sizes, and is not ready in between.
struct Pieces {
    bytes: Vec<u8>,
    sizes: Vec<usize>,
    ready: bool,
}

impl AsyncRead for Pieces {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        this.ready = !this.ready;
        if !this.ready {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let size = this
            .sizes
            .pop()
            .unwrap_or(1)
            .clamp(1, this.bytes.len().max(1));
        let rest = this.bytes.split_off(size.min(this.bytes.len()));
        buffer.put_slice(&std::mem::replace(&mut this.bytes, rest));
        Poll::Ready(Ok(()))
    }
}

async fn read(bytes: &[u8], sizes: Vec<usize>) -> Vec<String> {
    let input = Pieces {
        bytes: bytes.to_vec(),
        sizes,
        ready: false,
    };
    let mut reader = FrameReader::new(input, RULES);
    let mut heard = Vec::new();
    while let Some(line) = reader.next().await.unwrap() {
        heard.push(match line {
            Ok(frame) => format!("{} ({})", frame.json, frame.bytes),
            Err(bad) => format!("{} {:?}", bad.fault.code(), bad.id),
        });
    }
    heard
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn lines_are_told_apart() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        ("\n\r\n  \n", &[]),
        ("1\n2\n", &["1 (1)", "2 (1)"]),
        ("1\n2", &["1 (1)", "2 (1)"]),
        ("1\r\n2\r", &["1 (1)", "2 (1)"]),
        ("1\r2\n3\n", &["wire.bare-carriage-return None", "3 (1)"]),
        (
            "\"0123456789012345678901234567890123456\"\n",
            &["\"0123456789012345678901234567890123456\" (39)"],
        ),
        (
            "\"01234567890123456789012345678901234567\"\r\n1",
            &["\"01234567890123456789012345678901234567\" (40)", "1 (1)"],
        ),
        (
            "\"012345678901234567890123456789012345678\"\n1",
            &["wire.line-too-long None", "1 (1)"],
        ),
        (
            "{\"id\":3,\"a\":1,\"a\":2}\n",
            &["wire.duplicate-key Some(Number(3))"],
        ),
        ("{\"id\":3,\"id\":4}\n", &["wire.duplicate-key None"]),
        (
            "{\"id\":\"x\",\"a\":\"\\ud800\"}\n",
            &["wire.lone-surrogate Some(Text(\"x\"))"],
        ),
        (
            "{\"id\":3.0,\"a\":1,\"a\":2}\n",
            &["wire.duplicate-key None"],
        ),
    ];
    for (text, expected) in cases {
        let heard = block_on(read(text.as_bytes(), vec![usize::MAX]));
        assert_eq!(&heard, expected, "{text:?}");
    }
}

#[test]
fn a_line_without_end_is_refused_once_and_not_kept() {
    let mut text = "x".repeat(1_000_000).into_bytes();
    text.extend_from_slice(b"\n7\n");
    let heard = block_on(read(&text, vec![1_000; 2_000]));
    assert_eq!(heard, ["wire.line-too-long None", "7 (1)"]);
}

#[test]
fn ids_have_one_spelling() {
    let id = |text: &str| Id::from_json(&crate::stub::read(text));
    assert_eq!(id("7"), Some(Id::Number(7)));
    assert_eq!(id("-9223372036854775808"), Some(Id::Number(i64::MIN)));
    for none in [
        "7.0",
        "7e0",
        "-0",
        "9223372036854775808",
        "null",
        "[7]",
        "{}",
        "true",
    ] {
        assert_eq!(id(none), None, "{none}");
    }
}

#[test]
fn written_lines_are_lines_to_every_reader() {
    let mut written = Vec::new();
    let text = "\"a\u{85}b\u{2028}c\u{2029}dé\u{2027}\u{80}e\"";
    block_on(async {
        let mut writer = FrameWriter::new(&mut written);
        writer.write(text).await.unwrap();
        writer.write("2").await.unwrap();
    });
    let line = String::from_utf8(written).unwrap();
    assert_eq!(line, "\"a\\u0085b\\u2028c\\u2029dé\u{2027}\u{80}e\"\n2\n");
    let first = line.lines().next().unwrap();
    assert_eq!(crate::stub::read(first), crate::stub::read(text));
}

proptest! {
    #[test]
    fn pieces_do_not_matter(
        lines in prop::collection::vec("[\\[\\]{}\",:0-9a-c \r]{0,60}", 0..8),
        sizes in prop::collection::vec(1_usize..30, 0..60),
        crlf in any::<bool>(),
        ended in any::<bool>(),
    ) {
        let mut text = lines.join(if crlf { "\r\n" } else { "\n" });
        if ended {
            text.push('\n');
        }
        let whole = block_on(read(text.as_bytes(), vec![usize::MAX]));
        prop_assert_eq!(block_on(read(text.as_bytes(), sizes)), whole);
    }

    #[test]
    fn bytes_never_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        block_on(read(&bytes, vec![7; 60]));
    }
}
