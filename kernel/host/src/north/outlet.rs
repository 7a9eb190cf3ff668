//! The one way to the agent: whole lines, one after the other.
//! Knows nothing of what they say.

use std::io;

use tokio::io::AsyncWrite;
use tokio::sync::{Mutex, watch};

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
}

/// The agent's side of the wire, shared by all who answer.
#[derive(Debug)]
pub(super) struct Outlet<W> {
    writer: Mutex<FrameWriter<W>>,
    broken: watch::Sender<bool>,
}

impl<W: AsyncWrite + Send + Unpin + 'static> Answers for Outlet<W> {
    fn begun(&self, _: &Id) {}

    async fn tell(&self, _: &Id, text: String) {
        // A broken outlet is seen by who answers.
        let _ = self.write(&text).await;
    }

    async fn deliver(&self, answer: Answer) -> io::Result<()> {
        match answer.text {
            Some(text) => self.write(&text).await,
            None => Ok(()),
        }
    }

    async fn close(&self) -> io::Result<()> {
        Self::close(self).await
    }
}

impl<W: AsyncWrite + Unpin> Outlet<W> {
    pub(super) fn new(output: W) -> Self {
        Self {
            writer: Mutex::new(FrameWriter::new(output)),
            broken: watch::Sender::new(false),
        }
    }

    /// Writes one line.
    pub(super) async fn write(&self, text: &str) -> io::Result<()> {
        let mut writer = self.writer.lock().await;
        writer.push(text);
        let written = writer.flush().await;
        self.note(written)
    }

    /// Writes what is pending and closes.
    pub(super) async fn close(&self) -> io::Result<()> {
        let closed = self.writer.lock().await.close().await;
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
