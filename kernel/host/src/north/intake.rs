//! Reads the agent's lines and has each received or refused.
//! Knows nothing of what messages mean, nor of answers to requests: those come from the handler.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aegis_core::limits::DRAIN_MS;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::Mediator;
use super::outlet::Outlet;
use super::reception::Reception;
use super::refused::Refused;
use super::serve::NorthFault;
use crate::wire::FrameReader;

/// One connection's reading side, run in a task of its own so that nothing it has begun is dropped half way.
pub(super) struct Intake<M, R, W> {
    pub(super) mediator: Arc<M>,
    pub(super) reader: FrameReader<R>,
    pub(super) outlet: Arc<Outlet<W>>,
    pub(super) reception: Reception,
    /// What stays open ends before the rest does.
    pub(super) ending: watch::Sender<bool>,
}

impl<M, R, W> Intake<M, R, W>
where
    M: Mediator,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// Reads until the agent closes its side, then lets what is in flight end.
    pub(super) async fn run(mut self) -> Result<(), NorthFault> {
        let outlet = Arc::clone(&self.outlet);
        let mut broken = pin!(outlet.broken());
        let ended = loop {
            let line = tokio::select! {
                biased;
                () = broken.as_mut() => break Ok(()),
                line = self.reader.next() => line,
            };
            let refused = match line {
                Err(fault) => break Err(NorthFault::Input(fault)),
                Ok(None) => break Ok(()),
                Ok(Some(Err(bad))) => Err(Refused::frame(bad)),
                Ok(Some(Ok(frame))) => self.reception.take(frame, None).await.map(drop),
            };
            if let Err(refused) = refused {
                self.refuse(refused).await;
            }
            if self.reception.is_closed() {
                break Ok(());
            }
        };
        self.ending.send_replace(true);
        self.reception.drain(Duration::from_millis(DRAIN_MS)).await;
        ended
    }

    /// Answered first, so that a slow log does not keep the agent waiting; noted before the next line is read.
    async fn refuse(&mut self, refused: Refused) {
        if let Some(answer) = &refused.answer {
            // A broken outlet is seen by the loop.
            let _ = self.outlet.write(&answer.text(refused.code)).await;
        }
        self.mediator.note_refused(refused.code).await;
    }
}
