//! The one way to the agent: whole lines, one after the other.
//! Knows nothing of what they say.

use std::io;
use std::sync::{MutexGuard, PoisonError};

use tokio::io::AsyncWrite;
use tokio::sync::{Mutex, watch};

use crate::turn;
use crate::wire::{FrameWriter, Id};

/// Where answers go.
pub(super) trait Answers: Send + Sync + 'static {
    /// Notes that a call was let through whose progress is heard.
    fn begun(&self, id: &Id);

    /// Tells of the progress of one request, before its answer.
    fn tell(&self, id: &Id, text: String) -> impl Future<Output = ()> + Send;

    /// Delivers the answer to one request.
    fn deliver(&self, answer: Answer) -> impl Future<Output = io::Result<()>> + Send;

    /// Delivers nothing more.
    fn close(&self) -> impl Future<Output = io::Result<()>> + Send;
}

/// The end of one request.
#[derive(Debug)]
pub(super) struct Answer {
    /// Whose.
    pub(super) id: Id,
    /// What is said; nothing where the agent has cancelled.
    pub(super) text: Option<String>,
    /// The code, where it is an error in JSON-RPC's sense.
    pub(super) error: Option<i64>,
    /// Whether others are being worked on, whose answers may come at the same moment.
    pub(super) among_others: bool,
}

/// The agent's side of the wire, shared by all who answer.
#[derive(Debug)]
pub(super) struct Outlet<W> {
    writer: Mutex<FrameWriter<W>>,
    /// Answers that whoever has the writer next writes together, by one call of the system.
    waiting: std::sync::Mutex<Vec<String>>,
    broken: watch::Sender<bool>,
}

impl<W: AsyncWrite + Send + Unpin + 'static> Answers for Outlet<W> {
    fn begun(&self, _: &Id) {}

    async fn tell(&self, _: &Id, text: String) {
        // A broken outlet is seen by who answers.
        let _ = self.write(&text).await;
    }

    async fn deliver(&self, answer: Answer) -> io::Result<()> {
        let Some(text) = answer.text else {
            return Ok(());
        };
        self.waiting().push(text);
        if answer.among_others {
            // Whoever else has an answer now puts it beside this one.
            turn::after_others().await;
        }
        let written = self.writer().await.flush().await;
        self.note(written)
    }

    async fn close(&self) -> io::Result<()> {
        Self::close(self).await
    }
}

impl<W: AsyncWrite + Unpin> Outlet<W> {
    pub(super) fn new(output: W) -> Self {
        Self {
            writer: Mutex::new(FrameWriter::new(output)),
            waiting: std::sync::Mutex::default(),
            broken: watch::Sender::new(false),
        }
    }

    /// Writes one line.
    pub(super) async fn write(&self, text: &str) -> io::Result<()> {
        let mut writer = self.writer().await;
        writer.push(text);
        let written = writer.flush().await;
        self.note(written)
    }

    /// The writer, with all that waits pushed. Who finds it empty was written by another; where that failed, what failed
    /// is still in it.
    async fn writer(&self) -> tokio::sync::MutexGuard<'_, FrameWriter<W>> {
        let mut writer = self.writer.lock().await;
        for text in self.waiting().drain(..) {
            writer.push_owned(text);
        }
        writer
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<String>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is pending and closes.
    pub(super) async fn close(&self) -> io::Result<()> {
        let closed = self.writer().await.close().await;
        self.note(closed)
    }

    /// Returns once a write has failed: the agent does not listen any more.
    pub(super) async fn broken(&self) {
        // The sender lives as long as `self`, so that waiting cannot fail.
        let _ = self.broken.subscribe().wait_for(|broken| *broken).await;
    }

    fn note(&self, written: io::Result<()>) -> io::Result<()> {
        if written.is_err() {
            self.broken.send_replace(true);
        }
        written
    }
}
