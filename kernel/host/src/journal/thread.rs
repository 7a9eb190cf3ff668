//! The thread of the log: what waits is written in one go, synced once, then answered; and what is due by itself is done.
//! Knows nothing of records.

use std::sync::mpsc::{Receiver, RecvTimeoutError};

use tokio::sync::oneshot;

use super::message::Message;
use super::pen::Pen;

/// The thread's hold on the writer. Whatever ends it ends the writer, and with it the lock and the health.
pub(super) struct Thread(pub(super) Pen);

impl Thread {
    /// Runs until the log is closed or every handle is gone.
    pub(super) fn run(self, from: &Receiver<Message>) {
        let mut wait = self.0.hold().as_mut().and_then(|writer| writer.sleep());
        loop {
            let heard = match wait {
                Some(left) => from.recv_timeout(left),
                None => from.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let mut held = self.0.hold();
            let Some(writer) = held.as_mut() else { return };
            let closing = match heard {
                Ok(message) => writer.batch(message, from),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => {
                    drop(held);
                    return self.end(None);
                }
            };
            if closing.is_some() {
                drop(held);
                return self.end(closing);
            }
            writer.upkeep();
            wait = writer.sleep();
        }
    }

    /// Closes the log. Nobody leads any more from the moment on that the writer is taken.
    fn end(&self, done: Option<oneshot::Sender<()>>) {
        let writer = self.0.hold().take();
        if let Some(mut writer) = writer {
            writer.checkpoint();
            writer.drain();
            writer.close();
        }
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        drop(self.0.hold().take());
    }
}
