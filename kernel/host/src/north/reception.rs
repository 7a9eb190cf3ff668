//! Receives frames of one connection: refuses, notes, or hands a request on.
//! Knows nothing of streams: a line and a body are frames alike.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aegis_core::json::Object;
use rmcp::model::ClientJsonRpcMessage;
use tokio::sync::mpsc;

use super::calls::Begin;
use super::envelope::Message;
use super::in_flight::{Budget, InFlight, Opens};
use super::refused::{INVALID_REQUEST, Refused};
use super::request::Request;
use super::transport::to_request_id;
use crate::wire::{Frame, Id};

/// What stands between the frames of one connection and rmcp.
#[derive(Debug)]
pub(super) struct Reception {
    in_flight: Arc<InFlight>,
    /// Where calls go that need rmcp no more.
    calls: Arc<dyn Begin>,
    requests: mpsc::Sender<ClientJsonRpcMessage>,
    /// Whether a lifecycle has been chosen, by handshake or by a request that speaks for itself.
    opened: bool,
    /// Whether that was a handshake, which says for all that follows which version is spoken.
    handshaken: bool,
    /// Whether the agent has said, in the older era, that it is ready: then it may be told of changes.
    ready: Arc<AtomicBool>,
}

impl Reception {
    /// The reception of a connection that is not open yet, and the end that is rmcp's.
    pub(super) fn new(
        in_flight: Arc<InFlight>,
        calls: Arc<dyn Begin>,
    ) -> (Self, mpsc::Receiver<ClientJsonRpcMessage>) {
        // One message waits at most: what else has been read is in the budget already.
        let (requests, receiver) = mpsc::channel(1);
        let reception = Self {
            in_flight,
            calls,
            requests,
            opened: false,
            handshaken: false,
            ready: Arc::default(),
        };
        (reception, receiver)
    }

    /// Whether the agent may be told of changes, now and later.
    pub(super) fn ready(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.ready)
    }

    /// Whether rmcp takes nothing any more.
    pub(super) fn is_closed(&self) -> bool {
        self.requests.is_closed()
    }

    /// Waits until every answer is written, or the time is over.
    pub(super) async fn drain(&self, time: Duration) {
        self.in_flight.share().drain(time).await;
    }

    /// Takes one frame: the id of the request that has begun, none for a notification. A `budget` that is
    /// given was admitted before the frame was read.
    ///
    /// # Errors
    /// Where it is refused; nothing has begun then.
    pub(super) async fn take(
        &mut self,
        frame: Frame,
        budget: Option<Budget>,
    ) -> Result<Option<Id>, Refused> {
        let bytes = frame.bytes;
        match Message::read(frame.json)? {
            Message::Notification { method, params } => {
                self.notice(&method, &params).map(|()| None)
            }
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
                let budget = match budget {
                    Some(budget) => budget,
                    None => match self.in_flight.share().admit(bytes).await {
                        Ok(budget) => budget,
                        Err(_) => return Ok(None),
                    },
                };
                self.forward(id, request, budget).await.map(Some)
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
            "notifications/initialized" => {
                self.ready.store(self.handshaken, Ordering::SeqCst);
                Ok(())
            }
            "notifications/progress" | "notifications/roots/list_changed" => Ok(()),
            "tools/call" => Err(Refused::silently("wire.call-without-id")),
            _ => Err(Refused::silently("wire.unknown-notification")),
        }
    }

    async fn forward(&mut self, id: Id, request: Request, budget: Budget) -> Result<Id, Refused> {
        let handshake = request.is_handshake();
        if self.opened && handshake {
            return Err(Refused::answered(
                "wire.already-open",
                Some(id),
                INVALID_REQUEST,
                "the connection is open already",
            ));
        }
        if let Some(version) = request
            .outdated()
            .filter(|_| !handshake && !self.handshaken)
        {
            return Err(Refused::unsupported(id, version.as_str()));
        }
        let budget = match request.stays_open() {
            false => budget,
            true => match self.in_flight.share().stream() {
                Some(room) => room,
                None => return Err(too_many_streams(id)),
            },
        };
        let opens = match handshake {
            true => Opens::Handshake,
            false if request.is_self_contained() => Opens::Itself,
            false => Opens::Nothing,
        };
        let era = self
            .in_flight
            .era()
            .filter(|era| request.is_plain_call(*era));
        let stashed = request.stashed;
        if !self.in_flight.begin(id.clone(), budget, stashed, opens) {
            return Err(id_in_use(id));
        }
        if let Some(era) = era {
            Arc::clone(&self.calls).begin(id.clone(), era);
            return Ok(id);
        }
        self.opened |= opens != Opens::Nothing;
        self.handshaken |= handshake;
        let message = ClientJsonRpcMessage::request(request.typed, to_request_id(&id));
        // A closed channel is seen by the loop.
        let _ = self.requests.send(message).await;
        Ok(id)
    }
}

/// The name of what no room is left for.
pub(super) const TOO_MANY_STREAMS: &str = "wire.too-many-streams";

fn too_many_streams(id: Id) -> Refused {
    Refused::answered(
        TOO_MANY_STREAMS,
        Some(id),
        INVALID_REQUEST,
        "too many streams are open already: end one, or list the tools again from time to time",
    )
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
