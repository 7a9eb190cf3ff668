//! A client's side of a connection that is waited for, but not for ever: who leaves unread what it is sent, or reads it
//! byte by byte, is let go.
//! Knows nothing of what is sent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::pace::Pace;

/// A stream whose writes fail once the peer has taken too little for too long.
pub(super) struct Patient<S> {
    stream: S,
    pace: Pace,
    /// Runs while something is owed.
    clock: Pin<Box<Sleep>>,
    /// How much the peer has to take, in bytes, since a write had to wait for it; or all that there is.
    owed: usize,
    gave_up: Arc<AtomicBool>,
}

/// What a write has come to.
enum Moved {
    /// So many bytes went on.
    Some(usize),
    /// Nothing is left.
    All,
}

impl<S> Patient<S> {
    /// The flag is raised where it gives up.
    pub(super) fn new(stream: S, pace: Pace, gave_up: &Arc<AtomicBool>) -> Self {
        Self {
            stream,
            pace,
            clock: Box::pin(sleep(pace.stall)),
            owed: 0,
            gave_up: Arc::clone(gave_up),
        }
    }

    /// What a write has come to, or that it has waited for too long.
    fn judged<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
        moved: impl Fn(&T) -> Moved,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(written) = written {
            self.owed = match written.as_ref().map(moved) {
                Ok(Moved::Some(bytes)) => self.owed.saturating_sub(bytes),
                Ok(Moved::All) | Err(_) => 0,
            };
            return Poll::Ready(written);
        }
        if self.owed == 0 {
            self.owed = self.pace.least;
            self.clock.set(sleep(self.pace.stall));
        }
        ready!(self.clock.as_mut().poll(context));
        self.gave_up.store(true, Ordering::SeqCst);
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judged(context, written, |bytes| Moved::Some(*bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.judged(context, written, |bytes| Moved::Some(*bytes))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.judged(context, flushed, |()| Moved::All)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.stream).poll_shutdown(context);
        self.judged(context, closed, |()| Moved::All)
    }
}
