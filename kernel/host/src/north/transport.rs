//! What rmcp sees of the wire: requests in, answers out.
//! Knows nothing of lines; the exact texts pass beside it.

use std::future::Future;
use std::io;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, JsonRpcMessage, ProtocolVersion, RequestId, ServerJsonRpcMessage,
    ServerResult,
};
use rmcp::transport::Transport;
use tokio::sync::mpsc;

use super::in_flight::{Era, InFlight, Opens, Settled};
use super::outlet::{Answer, Answers};
use super::{Mediator, splice};
use crate::wire::Id;

/// rmcp's end of one connection.
pub(super) struct NorthTransport<M, A> {
    pub(super) mediator: Arc<M>,
    pub(super) answers: Arc<A>,
    pub(super) in_flight: Arc<InFlight>,
    pub(super) requests: mpsc::Receiver<ClientJsonRpcMessage>,
}

impl<M, A> Transport<RoleServer> for NorthTransport<M, A>
where
    M: Mediator,
    A: Answers,
{
    type Error = io::Error;

    fn send(
        &mut self,
        item: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let id = message_id(&item);
        let settled = id.and_then(|id| Some((self.in_flight.settle(&id)?, id)));
        let among_others = !self.in_flight.is_idle();
        if let Some((settled, _)) = &settled
            && let Some(era) = opened(settled.opens, &item)
        {
            self.in_flight.opened(era);
        }
        let answers = Arc::clone(&self.answers);
        let mediator = Arc::clone(&self.mediator);
        // Boxed: rmcp gives it a task, which is moved several times.
        Box::pin(async move {
            // The kernel asks and tells the agent nothing unasked: what answers no request ends here.
            let Some((settled, id)) = settled else {
                return Ok(());
            };
            let Settled {
                budget,
                cancelled,
                untaken,
                answer,
                ..
            } = settled;
            if untaken {
                mediator.note_refused("wire.call-out-of-order").await;
            }
            let error = match &item {
                JsonRpcMessage::Error(error) => Some(i64::from(error.error.code.0)),
                _ => None,
            };
            let text = if cancelled {
                None
            } else {
                splice::text(item, answer)
            };
            let answer = Answer {
                id,
                text,
                error,
                among_others,
            };
            let written = answers.deliver(answer).await;
            drop(budget);
            written
        })
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.requests.recv().await
    }

    async fn close(&mut self) -> io::Result<()> {
        self.answers.close().await
    }
}

/// What is spoken from now on, where this answer opens the connection.
fn opened(opens: Opens, answer: &ServerJsonRpcMessage) -> Option<Era> {
    let JsonRpcMessage::Response(response) = answer else {
        return None;
    };
    match (opens, &response.result) {
        (Opens::Handshake, ServerResult::InitializeResult(about)) => {
            let newest = ProtocolVersion::V_2026_07_28;
            (about.protocol_version.as_str() < newest.as_str()).then_some(Era::Older)
        }
        (Opens::Itself, _) => Some(Era::Newer),
        _ => None,
    }
}

fn message_id(item: &ServerJsonRpcMessage) -> Option<Id> {
    match item {
        JsonRpcMessage::Response(response) => Some(from_request_id(&response.id)),
        JsonRpcMessage::Error(error) => error.id.as_ref().map(from_request_id),
        JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => None,
    }
}

/// Our id as rmcp's.
pub(super) fn to_request_id(id: &Id) -> RequestId {
    match id {
        Id::Number(number) => RequestId::Number(*number),
        Id::Text(text) => RequestId::String(text.as_str().into()),
    }
}

/// rmcp's id as ours.
pub(super) fn from_request_id(id: &RequestId) -> Id {
    match id {
        RequestId::Number(number) => Id::Number(*number),
        RequestId::String(text) => Id::Text(text.to_string()),
    }
}
