//! How a question gets to a server, past rmcp: its id, its line, and the word that nobody wants its answer any more.
//! Knows nothing of answers, nor of what lines travel on. rmcp keeps the lifecycle and asks nothing after it.

use std::sync::Arc;

use aegis_core::json::{Json, Object};
use aegis_core::refusal::FailureCode;
use tokio::sync::mpsc;

use super::desk::Desk;
use super::exchange::Exchange;
use super::pen::{Line, Pen};

/// Bytes around parameters for which there is room at first.
const ENVELOPE_BYTES: usize = 256;

/// Where questions are handed in.
pub(super) enum Way {
    /// Straight to who writes a child's lines. Held weakly: the child's input is closed with its transport.
    Pipe(mpsc::WeakSender<Line>),
    /// To who posts them.
    Http(mpsc::Sender<Said>),
}

/// What a transport over HTTP is given to post.
pub(super) enum Said {
    /// A question of ours.
    Question(Question),
    /// The answer to the question of this id is not wanted any more; with the line that says so.
    Unwanted { id: i64, text: String },
}

/// One question on its way.
pub(super) struct Question {
    pub(super) id: i64,
    pub(super) method: &'static str,
    pub(super) text: String,
    pub(super) exchange: Exchange,
    /// Whether it stands alone, as in the newer era.
    pub(super) alone: bool,
}

/// Asks the questions of one connection.
pub(super) struct Asker {
    desk: Arc<Desk>,
    way: Way,
    /// What each question of the newer era says of this hop; nothing in the older one.
    hop: Object,
}

impl Asker {
    pub(super) fn new(desk: Arc<Desk>, way: Way, hop: Object) -> Self {
        Self { desk, way, hop }
    }

    /// Hands in a question that has its id from the desk; `false` where the connection has ended.
    pub(super) async fn hand_in(&self, id: i64, method: &'static str, exchange: &Exchange) -> bool {
        let mut text = String::with_capacity(exchange.params_len() + ENVELOPE_BYTES);
        text.push_str("{\"jsonrpc\":\"2.0\",\"id\":");
        Json::from(id).write_to(&mut text);
        text.push_str(",\"method\":\"");
        text.push_str(method);
        text.push_str("\",\"params\":");
        exchange.write_params(&self.hop, &mut text);
        text.push('}');
        let exchange = exchange.clone();
        let alone = !self.hop.is_empty();
        let handed_in = match &self.way {
            Way::Pipe(pen) => {
                let exchange = Some(exchange);
                hand(pen.upgrade(), Line { text, exchange }).await
            }
            Way::Http(posts) => {
                let question = Question {
                    id,
                    method,
                    text,
                    exchange,
                    alone,
                };
                posts.send(Said::Question(question)).await.is_ok()
            }
        };
        if !handed_in {
            self.desk.fail(FailureCode::Crashed);
        }
        handed_in
    }

    /// Tells that the answer to a question is not wanted any more. MCP: that is a wish.
    pub(super) async fn cancel(&self, id: i64, reason: &str) {
        let params = Json::object([
            ("requestId", Json::from(id)),
            ("reason", Json::from(reason)),
        ]);
        let text = format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{params}}}"
        );
        // Whoever has gone needs not be told.
        match &self.way {
            Way::Pipe(pen) => {
                let exchange = None;
                hand(pen.upgrade(), Line { text, exchange }).await;
            }
            Way::Http(posts) => {
                let _ = posts.send(Said::Unwanted { id, text }).await;
            }
        }
    }
}

async fn hand(pen: Option<Pen>, line: Line) -> bool {
    match pen {
        Some(pen) => pen.send(line).await.is_ok(),
        None => false,
    }
}
