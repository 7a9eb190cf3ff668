//! rmcp's transport over a child's pipes: rmcp keeps the lifecycle and the ids, the exact texts pass beside it.
//! Knows nothing of tools, grants or processes.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aegis_core::json::{self, Json, Object};
use aegis_core::limits;
use aegis_core::refusal::FailureCode;
use rmcp::model::{
    ClientJsonRpcMessage, ErrorData, GetExtensions, GetMeta, JsonRpcMessage, JsonRpcRequest,
    NumberOrString, RequestId, ServerJsonRpcMessage, ServerResult,
};
use rmcp::service::{RoleClient, RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::process::ChildStdout;
use tokio::time::{Sleep, sleep};

use super::child::{Child, Pipes};
use super::desk::{Desk, Waiting};
use super::exchange::{Answer, Exchange};
use super::pen::{Line, Pen, pen};
use super::received::{Received, classify};
use crate::wire::{Frame, FrameFault, FrameReader};

/// One connection to one child.
///
/// It owns the child: whatever ends the connection ends the process.
pub(super) struct Wire {
    desk: Arc<Desk>,
    pen: Option<Pen>,
    child: Option<Child>,
    reader: FrameReader<ChildStdout>,
    notifications: u32,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub(super) fn new(child: Child, pipes: Pipes, desk: Arc<Desk>) -> Self {
        Self {
            pen: Some(pen(pipes.stdin, Arc::clone(&desk))),
            child: Some(child),
            reader: FrameReader::new(pipes.stdout, limits::RESPONSE_RULES),
            desk,
            notifications: 0,
            pause: None,
        }
    }

    /// The line of a message of rmcp; `None` for what is never said: this side answers no server
    /// through rmcp.
    fn line(&self, message: ClientJsonRpcMessage) -> Option<Line> {
        match message {
            JsonRpcMessage::Request(request) => self.question(request),
            JsonRpcMessage::Notification(notification) => Some(Line {
                text: serde_json::to_string(&ClientJsonRpcMessage::Notification(notification))
                    .ok()?,
                exchange: None,
            }),
            _ => None,
        }
    }

    fn question(&self, message: JsonRpcRequest<rmcp::model::ClientRequest>) -> Option<Line> {
        let NumberOrString::Number(id) = message.id else {
            return None;
        };
        let exchange = message.request.extensions().get::<Exchange>().cloned();
        let waiting = exchange
            .clone()
            .map_or(Waiting::Lifecycle, Waiting::Exchange);
        let text = match &exchange {
            Some(exchange) => {
                let params = exchange.params(hop_meta(&message.request));
                let method = Json::from(message.request.method());
                format!(
                    "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":{method},\"params\":{params}}}"
                )
            }
            None => serde_json::to_string(&ClientJsonRpcMessage::Request(message)).ok()?,
        };
        if self.desk.ask(id, waiting) {
            return Some(Line { text, exchange });
        }
        if let Some(exchange) = exchange {
            exchange.answer(Err(FailureCode::Crashed));
        }
        None
    }

    /// What rmcp is told of one line; `Ok(None)` where the line ends here.
    fn take(&mut self, frame: Frame) -> Result<Option<ServerJsonRpcMessage>, FailureCode> {
        match classify(frame.json).ok_or(FailureCode::Unreadable)? {
            Received::Request { id, method } => {
                self.refuse(id, &method);
                Ok(None)
            }
            Received::Notification { method, params } => {
                if method == "notifications/progress" {
                    self.desk.told(params);
                }
                self.notified(&method);
                Ok(None)
            }
            Received::Answer { id, answer } => self.answered(id, answer, frame.bytes),
        }
    }

    fn answered(
        &mut self,
        id: Option<i64>,
        answer: Answer,
        bytes: usize,
    ) -> Result<Option<ServerJsonRpcMessage>, FailureCode> {
        // JSON-RPC 2.0 §5: an error may come without an id, where the request could not be read.
        let id = id.or_else(|| {
            self.desk
                .sole_lifecycle()
                .filter(|_| matches!(answer, Answer::Error(_)))
        });
        match id.and_then(|id| Some((id, self.desk.take(id)?))) {
            Some((id, Waiting::Exchange(exchange))) => {
                let fits = bytes <= exchange.bytes_max();
                exchange.answer(fits.then_some(answer).ok_or(FailureCode::TooLarge));
                // rmcp only needs to know that the question is settled.
                let settled = ServerResult::empty(());
                Ok(Some(ServerJsonRpcMessage::response(
                    settled,
                    RequestId::Number(id),
                )))
            }
            Some((id, Waiting::Lifecycle)) => Ok(Some(typed(id, &answer))),
            Some((_, Waiting::Nobody)) => Ok(None),
            None if self.desk.stray() => Ok(None),
            None => Err(FailureCode::Unreadable),
        }
    }

    /// Every notification ends here, and progress goes to its own call alone. A flood of them only slows the
    /// flooder down.
    fn notified(&mut self, method: &str) {
        if method == "notifications/tools/list_changed" {
            self.desk.tools_changed();
        }
        self.notifications += 1;
        if self.notifications >= limits::NOTIFICATIONS_BURST {
            self.notifications = 0;
            self.pause = Some(Box::pin(sleep(Duration::from_millis(
                limits::NOTIFICATIONS_PAUSE_MS,
            ))));
        }
    }

    /// A server may ask whether we live; sampling, roots, elicitation and all else is not its to ask.
    /// Where it does not read its answers it gets none. Its questions count as its notifications do.
    fn refuse(&mut self, id: Json, method: &str) {
        let answer = if method == "ping" {
            ("result", Json::Object(Object::new()))
        } else {
            let error = [
                ("code", Json::from(-32601_i64)),
                ("message", Json::from("not offered")),
            ];
            ("error", Json::object(error))
        };
        let text = Json::object([("jsonrpc", Json::from("2.0")), ("id", id), answer]).to_string();
        if let Some(pen) = &self.pen {
            let _ = pen.try_send(Line {
                text,
                exchange: None,
            });
        }
        self.notified(method);
    }

    /// Waits out a pause, then reads one line. Cancel safe.
    async fn next(&mut self) -> Result<Frame, FailureCode> {
        if let Some(pause) = &mut self.pause {
            pause.as_mut().await;
            self.pause = None;
        }
        self.reader.set_bytes_max(self.desk.bytes_max());
        let line = tokio::select! {
            biased;
            () = self.desk.failed() => return Err(FailureCode::Crashed),
            line = self.reader.next() => line,
        };
        match line {
            Ok(Some(Ok(frame))) => Ok(frame),
            Ok(Some(Err(bad))) if bad.fault == FrameFault::LineTooLong => {
                Err(FailureCode::TooLarge)
            }
            Ok(Some(Err(_))) => Err(FailureCode::Unreadable),
            Ok(None) | Err(_) => Err(FailureCode::Crashed),
        }
    }
}

impl Transport<RoleClient> for Wire {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let line = self.line(message);
        let pen = self.pen.clone();
        let desk = Arc::clone(&self.desk);
        async move {
            let Some(line) = line else { return Ok(()) };
            let handed_in = match pen {
                Some(pen) => pen.send(line).await.is_ok(),
                None => false,
            };
            if handed_in {
                return Ok(());
            }
            desk.fail(FailureCode::Crashed);
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        loop {
            let taken = match self.next().await {
                Ok(frame) => self.take(frame),
                Err(code) => Err(code),
            };
            match taken {
                Ok(Some(message)) => return Some(message),
                Ok(None) => {}
                Err(code) => {
                    self.desk.fail(code);
                    return None;
                }
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.desk.fail(FailureCode::Crashed);
        self.pen = None;
        if let Some(child) = self.child.take() {
            child.end().await;
        }
        Ok(())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.desk.fail(FailureCode::Crashed);
    }
}

/// What this hop says of itself in a request of the stateless era. rmcp's progress token is not among it: who
/// listens gives a token of its own.
fn hop_meta(request: &rmcp::model::ClientRequest) -> Object {
    let meta = &request.get_meta().0.0;
    let own = meta
        .iter()
        .filter(|(key, _)| key.starts_with("io.modelcontextprotocol/"));
    own.filter_map(|(key, value)| {
        let value = json::parse(value.to_string().as_bytes(), &limits::RESPONSE_RULES).ok()?;
        Some((key.clone(), value))
    })
    .collect()
}

/// An answer as rmcp's lifecycle reads it; what it cannot read is an error under the same id, so that
/// it never waits in vain.
fn typed(id: i64, answer: &Answer) -> ServerJsonRpcMessage {
    let (member, value) = match answer {
        Answer::Result(value) => ("result", value),
        Answer::Error(value) => ("error", value),
    };
    let text = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"{member}\":{value}}}");
    serde_json::from_str(&text).unwrap_or_else(|_| {
        let unreadable = ErrorData::internal_error("unreadable", None);
        ServerJsonRpcMessage::error(unreadable, Some(RequestId::Number(id)))
    })
}
