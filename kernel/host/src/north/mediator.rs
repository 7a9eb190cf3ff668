//! What north needs of the kernel.
//! Knows nothing of how calls are judged.

use std::future::Future;
use std::sync::Arc;

use aegis_core::call::{ArgumentFault, Call};
use aegis_core::json::Json;
use aegis_core::principal::Principal;
use tokio::sync::watch;

use super::Listed;
use crate::journal::Reply;
use crate::wish::Wish;

/// What north needs of the kernel.
pub trait Mediator: Send + Sync + 'static {
    /// What the agent is told. The kernel's own is [`Reply`], which only the log can make.
    type Answer: Into<Told> + Send + 'static;

    /// One call through all gates. Runs to its end once begun; north runs it in a task of its own. Where the
    /// wish is withdrawn there is still an answer, for the log alone. Who wishes may hear of progress until then.
    fn mediate(
        self: Arc<Self>,
        call: Call,
        wish: Wish,
    ) -> impl Future<Output = Self::Answer> + Send;

    /// Refuses a call whose arguments could not be read within bounds, as a call: denied by
    /// `kernel.bad-arguments`, and in the log.
    fn refuse_arguments(
        self: Arc<Self>,
        principal: Principal,
        run: String,
        tool: String,
        fault: ArgumentFault,
    ) -> impl Future<Output = Self::Answer> + Send;

    /// Tells when what principals may know of could be another from now on. By default it never is.
    fn changes(&self) -> watch::Receiver<u64> {
        watch::Sender::new(0).subscribe()
    }

    /// Tells when a listing could be another from now on, whatever the reason. By default as [`Mediator::changes`].
    fn lists(&self) -> watch::Receiver<u64> {
        self.changes()
    }

    /// The tools that this principal may know of, in a run that began at this number of [`Mediator::changes`]; journalled.
    fn listing(
        &self,
        principal: &Principal,
        since: u64,
    ) -> impl Future<Output = Vec<Listed>> + Send;

    /// Records a message that never became a call (malformed, unknown verb): counted and logged by code.
    fn note_refused(&self, code: &'static str) -> impl Future<Output = ()> + Send;
}

/// What an agent is told: an answer, or questions in its place.
#[derive(Clone, Debug)]
pub enum Told {
    /// A `CallToolResult`.
    Answer(Json),
    /// An `InputRequiredResult`.
    Questions(Json),
}

impl From<Reply> for Told {
    fn from(reply: Reply) -> Self {
        match reply.asks() {
            true => Self::Questions(reply.into_result()),
            false => Self::Answer(reply.into_result()),
        }
    }
}

impl From<Json> for Told {
    fn from(answer: Json) -> Self {
        Self::Answer(answer)
    }
}
