//! Writes a child's lines in order, and knows of each question whether a byte of it has left.
//! Knows nothing of messages.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aegis_core::limits;
use aegis_core::refusal::FailureCode;
use tokio::process::ChildStdin;
use tokio::sync::mpsc;

use super::desk::Desk;
use super::exchange::Exchange;
use crate::counted::Counted;
use crate::wire::FrameWriter;

/// One line on its way to a child.
pub(super) struct Line {
    /// One JSON text.
    pub(super) text: String,
    /// The question that it carries, if it is one of ours.
    pub(super) exchange: Option<Exchange>,
}

/// Where lines are handed in. When the last one is dropped, the child's input is closed.
pub(super) type Pen = mpsc::Sender<Line>;

/// Begins to write to a child. A write that fails ends the connection.
pub(super) fn pen(stdin: ChildStdin, desk: Arc<Desk>) -> Pen {
    let (pen, lines) = mpsc::channel(limits::SOUTH_QUEUE_MAX);
    tokio::spawn(async move {
        if write(stdin, lines).await.is_err() {
            desk.fail(FailureCode::Crashed);
        }
    });
    pen
}

/// Ends with its last sender, or with the child: a write to a child that has gone fails.
async fn write(stdin: ChildStdin, mut lines: mpsc::Receiver<Line>) -> io::Result<()> {
    let count = Arc::new(AtomicU64::new(0));
    let mut writer = FrameWriter::new(Counted {
        inner: stdin,
        count: Arc::clone(&count),
    });
    while let Some(line) = lines.recv().await {
        if !line.exchange.as_ref().is_none_or(Exchange::begin) {
            continue;
        }
        let before = count.load(Ordering::SeqCst);
        writer.push_owned(line.text);
        if let Err(error) = writer.flush().await {
            if let Some(exchange) = &line.exchange
                && count.load(Ordering::SeqCst) == before
            {
                exchange.unbegun();
            }
            return Err(error);
        }
    }
    Ok(())
}
