//! One question to a child and its exact answer, past rmcp's lossy typed one.
//! Knows nothing of transports.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aegis_core::json::{Json, Object};
use aegis_core::refusal::{Failure, FailureCode, Sent};
use tokio::sync::oneshot;

use crate::progress::Teller;

/// Where a request of the newer era says what the client can do.
pub(super) const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// What a child answered: a result object, or an error in JSON-RPC's sense.
#[derive(Debug)]
pub(super) enum Answer {
    Result(Json),
    Error(Json),
}

/// The exact parameters of a question, as they are written, and the tool that it is about, if it is about one.
pub(super) struct Params {
    text: String,
    tool: Option<String>,
}

impl Params {
    /// Of a call, without what else it brings.
    pub(super) fn call(tool: &str, arguments: &Object) -> Self {
        let mut text = String::from("{\"name\":");
        Json::from(tool).write_to(&mut text);
        text.push_str(",\"arguments\":");
        arguments.write_to(&mut text);
        text.push('}');
        let tool = Some(tool.to_owned());
        Self { text, tool }
    }

    /// Adds a member.
    pub(super) fn add(&mut self, key: &str, value: &Json) {
        self.text.pop();
        if self.text.len() > 1 {
            self.text.push(',');
        }
        Json::from(key).write_to(&mut self.text);
        self.text.push(':');
        value.write_to(&mut self.text);
        self.text.push('}');
    }
}

impl From<Object> for Params {
    fn from(params: Object) -> Self {
        let (text, tool) = (params.to_text(), None);
        Self { text, tool }
    }
}

/// One question: the transport writes it, and gives the answer back through it.
#[derive(Clone)]
pub(super) struct Exchange(Arc<Inner>);

struct Inner {
    params: Params,
    meta: Object,
    bytes_max: usize,
    /// Under which token progress is heard, and where it is told.
    listening: Option<(String, Teller)>,
    stage: AtomicU8,
    answer: Mutex<Option<oneshot::Sender<Result<Answer, FailureCode>>>>,
}

const WAITING: u8 = 0;
const WRITTEN: u8 = 1;
const WITHDRAWN: u8 = 2;

impl Exchange {
    /// A question with the exact parameters and the kernel's own `_meta`, how long the line of its
    /// answer may be, who listens to its progress, and where the answer arrives.
    pub(super) fn new(
        params: Params,
        mut meta: Object,
        bytes_max: usize,
        listening: Option<(String, Teller)>,
    ) -> (Self, oneshot::Receiver<Result<Answer, FailureCode>>) {
        let (sender, receiver) = oneshot::channel();
        if let Some((token, _)) = &listening {
            meta.insert("progressToken", Json::from(token.as_str()));
        }
        let inner = Inner {
            params,
            meta,
            bytes_max,
            listening,
            stage: AtomicU8::new(WAITING),
            answer: Mutex::new(Some(sender)),
        };
        (Self(Arc::new(inner)), receiver)
    }

    /// Writes `params`, with what this hop itself has to say in `_meta`.
    pub(super) fn write_params(&self, hop: &Object, text: &mut String) {
        let mut meta = hop.clone();
        for (key, value) in self.0.meta.iter() {
            // An older server is told once, when it starts, what can be asked: nothing.
            if key != CAPABILITIES || meta.get(key).is_some() {
                meta.insert(key, value.clone());
            }
        }
        let params = self.0.params.text.as_str();
        text.push_str(params);
        if !meta.is_empty() {
            let comma = if params.len() > 2 { "," } else { "" };
            text.pop();
            text.push_str(comma);
            text.push_str("\"_meta\":");
            Json::Object(meta).write_to(text);
            text.push('}');
        }
    }

    /// About how long `params` are, in bytes.
    pub(super) fn params_len(&self) -> usize {
        self.0.params.text.len()
    }

    /// The tool that it is about, if it is about one.
    pub(super) fn name(&self) -> Option<&str> {
        self.0.params.tool.as_deref()
    }

    /// Where progress under this token is told, if it is this question's.
    pub(super) fn teller_of(&self, token: &str) -> Option<&Teller> {
        let (own, teller) = self.0.listening.as_ref()?;
        (own == token).then_some(teller)
    }

    /// How long the line of the answer may be, in bytes.
    pub(super) fn bytes_max(&self) -> usize {
        self.0.bytes_max
    }

    /// The writer's word that it begins now; `false` where the question was withdrawn, and must not be
    /// written any more.
    pub(super) fn begin(&self) -> bool {
        self.step(WAITING, WRITTEN)
    }

    /// The writer's word that not one byte has left.
    pub(super) fn unbegun(&self) {
        self.step(WRITTEN, WITHDRAWN);
    }

    /// Gives the question up. From here on it is written no more, and what is known of its fate is fixed.
    pub(super) fn withdraw(&self, code: FailureCode) -> Failure {
        self.step(WAITING, WITHDRAWN);
        let sent = match self.0.stage.load(Ordering::SeqCst) {
            WITHDRAWN => Sent::No,
            _ => Sent::Maybe,
        };
        Failure { sent, code }
    }

    /// Delivers the answer; the first one counts.
    pub(super) fn answer(&self, answer: Result<Answer, FailureCode>) {
        let sender = self
            .0
            .answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(sender) = sender {
            // Nobody waits any more: the call was given up.
            let _ = sender.send(answer);
        }
    }

    fn step(&self, from: u8, to: u8) -> bool {
        let order = Ordering::SeqCst;
        self.0
            .stage
            .compare_exchange(from, to, order, order)
            .is_ok()
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exchange")
    }
}
