//! One connection's calls, from a taken id to a delivered answer.
//! Knows nothing of frames, nor of which calls may pass rmcp by: that is for its reception.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use aegis_core::call::{Arguments, Call};
use aegis_core::egress::Progress;
use aegis_core::principal::Principal;
use rmcp::model::ServerJsonRpcMessage;

use super::in_flight::{Era, InFlight, Settled};
use super::outlet::{Answer, Answers};
use super::request::Stashed;
use super::transport::to_request_id;
use super::{Mediator, Told, splice};
use crate::panics;
use crate::progress::Ear;
use crate::wire::Id;
use crate::wish::Wish;

/// What carries out calls of one connection.
pub(super) struct Calls<M, A> {
    pub(super) mediator: Arc<M>,
    pub(super) principal: Principal,
    pub(super) run: String,
    /// The number of [`Mediator::changes`] at its beginning.
    pub(super) since: u64,
    pub(super) in_flight: Arc<InFlight>,
    pub(super) answers: Arc<A>,
}

/// Begins calls that need rmcp no more.
pub(super) trait Begin: Send + Sync {
    /// Carries out the call of this id in a task of its own, which neither a cancel nor a closed connection cuts.
    fn begin(self: Arc<Self>, id: Id, era: Era);
}

impl fmt::Debug for dyn Begin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calls")
    }
}

impl<M: Mediator, A: Answers> Begin for Calls<M, A> {
    fn begin(self: Arc<Self>, id: Id, era: Era) {
        // Boxed: the runtime moves what it is given several times before it is first polled.
        tokio::spawn(Box::pin(async move {
            let told = panics::caught(Box::pin(self.answer(&id))).await;
            let (text, error) = match told.ok().flatten() {
                Some(told) => (Some(splice::answer(&id, era, told)), None),
                None => {
                    let fault = splice::broken();
                    let code = i64::from(fault.code.0);
                    let line = ServerJsonRpcMessage::error(fault, Some(to_request_id(&id)));
                    (splice::text(line, None), Some(code))
                }
            };
            self.deliver(id, text, error).await;
        }));
    }
}

impl<M: Mediator, A: Answers> Calls<M, A> {
    /// The answer to the call that was put aside under this id; `None` where there is none.
    pub(super) async fn answer(&self, id: &Id) -> Option<Told> {
        let (mut call, wish) = self.in_flight.take_call(id)?;
        Some(match call.progress.take() {
            Some(token) => self.answer_telling(id, &token, call, wish).await,
            None => self.mediate(call, wish).await,
        })
    }

    async fn mediate(&self, call: Stashed, wish: Wish) -> Told {
        let mediator = Arc::clone(&self.mediator);
        let principal = self.principal.clone();
        match Arguments::take(call.arguments) {
            Ok(read) => {
                let call = Call::new(principal, &self.run, &call.tool, read)
                    .asked_back(call.can_be_asked)
                    .continued(call.continued)
                    .of_run_since(self.since);
                mediator.mediate(call, wish).await.into()
            }
            Err(fault) => {
                let run = self.run.clone();
                let refusing = mediator.refuse_arguments(principal, run, call.tool, fault);
                Box::pin(refusing).await.into()
            }
        }
    }

    /// As [`Calls::mediate`]; the agent hears of progress under its token: all that is told before the end, before it.
    async fn answer_telling(&self, id: &Id, token: &Id, call: Stashed, wish: Wish) -> Told {
        self.answers.begun(id);
        let (ear, mut heard) = Ear::new();
        let mut work = pin!(self.mediate(call, wish.clone().hearing(ear)));
        let told = async |progress| {
            // Who has cancelled hears nothing more.
            if !wish.is_withdrawn() {
                self.answers.tell(id, notice(token, progress)).await;
            }
        };
        let answer = loop {
            tokio::select! {
                biased;
                Some(progress) = heard.recv() => told(progress).await,
                answer = &mut work => break answer,
            }
        };
        while let Ok(progress) = heard.try_recv() {
            told(progress).await;
        }
        answer
    }

    async fn deliver(&self, id: Id, text: Option<String>, error: Option<i64>) {
        let Some(Settled {
            budget, cancelled, ..
        }) = self.in_flight.settle(&id)
        else {
            return;
        };
        let answer = Answer {
            id,
            text: text.filter(|_| !cancelled),
            error,
            among_others: !self.in_flight.is_idle(),
        };
        // A broken outlet is seen by who reads.
        let _ = self.answers.deliver(answer).await;
        drop(budget); // kept until the answer is written
    }
}

/// The line of a notification.
fn notice(token: &Id, progress: Progress) -> String {
    let params = progress.under(token.to_json());
    format!(r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{params}}}"#)
}
