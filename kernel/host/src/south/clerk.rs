//! What every transport does with messages, whatever they travel on: questions are noted, answers find theirs, noise ends.
//! Knows nothing of pipes or HTTP.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aegis_core::json::{Json, Object};
use aegis_core::limits;
use aegis_core::refusal::FailureCode;
use rmcp::model::{
    ClientJsonRpcMessage, ClientRequest, ErrorData, JsonRpcRequest, NumberOrString, RequestId,
    ServerJsonRpcMessage,
};
use tokio::time::{Sleep, sleep};

use super::desk::{Desk, Lifecycle, Waiting};
use super::exchange::Answer;
use super::received::{Received, classify};
use crate::handshake;
use crate::wire::Frame;

/// What has become of one message of a server.
pub(super) enum Taken {
    /// It ends here.
    Nothing,
    /// rmcp has to know.
    Typed(Box<ServerJsonRpcMessage>),
    /// It asked for something, and this is the answer.
    Asked(String),
}

/// A step of the lifecycle on its way.
pub(super) struct Step {
    pub(super) id: i64,
    pub(super) text: String,
}

/// Takes a server's messages, one after the other.
pub(super) struct Clerk {
    desk: Arc<Desk>,
    notifications: u32,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Clerk {
    pub(super) fn new(desk: Arc<Desk>) -> Self {
        Self {
            desk,
            notifications: 0,
            pause: None,
        }
    }

    pub(super) fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// Waits out a pause. Cancel safe.
    pub(super) async fn rested(&mut self) {
        if let Some(pause) = &mut self.pause {
            pause.as_mut().await;
            self.pause = None;
        }
    }

    /// What has become of one message. Where it came as the answer to `only` one question, it answers no other.
    pub(super) fn take(&mut self, frame: Frame, only: Option<i64>) -> Result<Taken, FailureCode> {
        match classify(frame.json).ok_or(FailureCode::Unreadable)? {
            Received::Request { id, method } => {
                let answer = refusal(id, &method);
                self.notified(&method);
                Ok(Taken::Asked(answer))
            }
            Received::Notification { method, params } => {
                if method == "notifications/progress" {
                    self.desk.told(params);
                }
                self.notified(&method);
                Ok(Taken::Nothing)
            }
            Received::Answer { id, answer } => self.answered(id, answer, frame.bytes, only),
        }
    }

    fn answered(
        &mut self,
        id: Option<i64>,
        answer: Answer,
        bytes: usize,
        only: Option<i64>,
    ) -> Result<Taken, FailureCode> {
        // JSON-RPC 2.0 §5: an error may come without an id, where the request could not be read.
        let id = id.or_else(|| {
            self.desk
                .sole_lifecycle()
                .filter(|_| matches!(answer, Answer::Error(_)))
        });
        let id = id.filter(|id| only.is_none_or(|only| only == *id));
        match id.and_then(|id| Some((id, self.desk.take(id)?))) {
            Some((_, Waiting::Exchange(exchange))) => {
                let fits = bytes <= exchange.bytes_max();
                exchange.answer(fits.then_some(answer).ok_or(FailureCode::TooLarge));
                Ok(Taken::Nothing)
            }
            // MCP, lifecycle: who answers with a version that is not supported is left.
            Some((_, Waiting::Lifecycle(Lifecycle::Handshake))) if !is_spoken(&answer) => {
                Err(FailureCode::Unreadable)
            }
            Some((id, Waiting::Lifecycle(_))) => Ok(Taken::Typed(Box::new(typed(id, &answer)))),
            Some((_, Waiting::Nobody)) => Ok(Taken::Nothing),
            None if self.desk.stray() => Ok(Taken::Nothing),
            None => Err(FailureCode::Unreadable),
        }
    }

    /// Every notification ends here, and progress goes to its own call alone. A flood of them only slows the
    /// flooder down; what a server asks counts among them.
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
}

/// The line of a step of rmcp's lifecycle, noted at the desk; `None` where the connection has ended.
pub(super) fn step(desk: &Desk, message: JsonRpcRequest<ClientRequest>) -> Option<Step> {
    let NumberOrString::Number(id) = message.id else {
        return None;
    };
    let step = match &message.request {
        ClientRequest::InitializeRequest(_) => Lifecycle::Handshake,
        _ => Lifecycle::Other,
    };
    let text = serde_json::to_string(&ClientJsonRpcMessage::Request(message)).ok()?;
    desk.open_step(id, step).then_some(Step { id, text })
}

/// Whether what is answered to a handshake is of a version that has one, or says why there is none.
fn is_spoken(answer: &Answer) -> bool {
    let Answer::Result(about) = answer else {
        return true;
    };
    let version = about.get("protocolVersion").and_then(Json::as_str);
    version.is_some_and(handshake::begins)
}

/// A server may ask whether we live; sampling, roots, elicitation and all else is not its to ask.
fn refusal(id: Json, method: &str) -> String {
    let answer = if method == "ping" {
        ("result", Json::Object(Object::new()))
    } else {
        let error = [
            ("code", Json::from(-32601_i64)),
            ("message", Json::from("not offered")),
        ];
        ("error", Json::object(error))
    };
    Json::object([("jsonrpc", Json::from("2.0")), ("id", id), answer]).to_string()
}

/// An answer as rmcp's lifecycle reads it; what it cannot read is an error under the same id, so that
/// it never waits in vain.
pub(super) fn typed(id: i64, answer: &Answer) -> ServerJsonRpcMessage {
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
