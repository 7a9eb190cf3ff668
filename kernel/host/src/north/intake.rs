//! Reads the agent's lines: refuses, notes, or hands a request on.
//! Knows nothing of answers to requests: those come from the handler.

use std::sync::Arc;
use std::time::Duration;

use aegis_core::json::Object;
use aegis_core::limits::DRAIN_MS;
use rmcp::model::ClientJsonRpcMessage;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;

use super::Mediator;
use super::envelope::Message;
use super::in_flight::InFlight;
use super::outlet::Outlet;
use super::refused::{INVALID_REQUEST, Refused};
use super::request::Request;
use super::serve::NorthFault;
use super::transport::to_request_id;
use crate::wire::{Frame, FrameReader, Id};

/// One connection's reading side, run in a task of its own so that nothing it has begun is dropped half way.
pub(super) struct Intake<M, R, W> {
    pub(super) mediator: Arc<M>,
    pub(super) reader: FrameReader<R>,
    pub(super) outlet: Arc<Outlet<W>>,
    pub(super) in_flight: Arc<InFlight>,
    pub(super) requests: mpsc::Sender<ClientJsonRpcMessage>,
    /// Whether a lifecycle has been chosen, by handshake or by a request that speaks for itself.
    pub(super) opened: bool,
}

impl<M, R, W> Intake<M, R, W>
where
    M: Mediator,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// Reads until the agent closes its side, then lets what is in flight end.
    pub(super) async fn run(mut self) -> Result<(), NorthFault> {
        let ended = loop {
            let outlet = Arc::clone(&self.outlet);
            let line = tokio::select! {
                line = self.reader.next() => line,
                () = outlet.broken() => break Ok(()),
            };
            let refused = match line {
                Err(fault) => break Err(NorthFault::Input(fault)),
                Ok(None) => break Ok(()),
                Ok(Some(Err(bad))) => Err(Refused::frame(bad)),
                Ok(Some(Ok(frame))) => self.take(frame).await,
            };
            if let Err(refused) = refused {
                self.refuse(refused).await;
            }
            if self.requests.is_closed() {
                break Ok(());
            }
        };
        self.in_flight.drain(Duration::from_millis(DRAIN_MS)).await;
        ended
    }

    async fn take(&mut self, frame: Frame) -> Result<(), Refused> {
        let bytes = frame.bytes;
        match Message::read(frame.json)? {
            Message::Notification { method, params } => self.notice(&method, &params),
            Message::Request { id, method, params } => {
                if self.in_flight.holds(&id) {
                    return Err(id_in_use(id));
                }
                if method.starts_with("notifications/") {
                    return Err(Refused::answered(
                        "wire.notification-with-id",
                        Some(id),
                        INVALID_REQUEST,
                        "a notification has no id",
                    ));
                }
                let request = Request::read(&id, &method, params)?;
                self.forward(id, request, bytes).await
            }
        }
    }

    /// Nothing that an agent notifies of is passed on; a cancel is honoured here.
    fn notice(&self, method: &str, params: &Object) -> Result<(), Refused> {
        match method {
            "notifications/cancelled" => match params.get("requestId").map(Id::from_json) {
                Some(Some(id)) => {
                    // Too late is no fault: answer and cancel may cross.
                    self.in_flight.cancel(&id);
                    Ok(())
                }
                _ => Err(Refused::silently("wire.bad-notification")),
            },
            "notifications/initialized"
            | "notifications/progress"
            | "notifications/roots/list_changed" => Ok(()),
            "tools/call" => Err(Refused::silently("wire.call-without-id")),
            _ => Err(Refused::silently("wire.unknown-notification")),
        }
    }

    async fn forward(&mut self, id: Id, request: Request, bytes: usize) -> Result<(), Refused> {
        if self.opened && request.is_handshake() {
            return Err(Refused::answered(
                "wire.already-open",
                Some(id),
                INVALID_REQUEST,
                "the connection is open already",
            ));
        }
        let opens = request.is_handshake() || request.is_self_contained();
        let Ok(budget) = self.in_flight.admit(bytes).await else {
            return Ok(());
        };
        if !self.in_flight.begin(id.clone(), budget, request.stashed) {
            return Err(id_in_use(id));
        }
        self.opened |= opens;
        let message = ClientJsonRpcMessage::request(request.typed, to_request_id(&id));
        // A closed channel is seen by the loop.
        let _ = self.requests.send(message).await;
        Ok(())
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

fn id_in_use(id: Id) -> Refused {
    // Answered under that id all the same: an agent that forgot the first request must not take its
    // result for the second one's.
    Refused::answered(
        "wire.id-in-use",
        Some(id),
        INVALID_REQUEST,
        "a request with this id is still in flight",
    )
}
