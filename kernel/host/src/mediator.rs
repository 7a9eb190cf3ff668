//! The kernel as north sees it.
//! Knows nothing of the wire.

use std::sync::Arc;

use aegis_core::call::{ArgumentFault, Arguments, Call};
use aegis_core::denial::{Denial, Phase};
use aegis_core::principal::Principal;
use aegis_core::refusal::Refusal;
use tokio::sync::watch;

use crate::journal::Reply;
use crate::lifecycle::Kernel;
use crate::listing;
use crate::north::{Listed, Mediator};
use crate::wish::Wish;

impl Mediator for Kernel {
    type Answer = Reply;

    async fn mediate(self: Arc<Self>, call: Call, wish: Wish) -> Reply {
        Kernel::mediate(&self, call, wish).await
    }

    async fn refuse_arguments(
        self: Arc<Self>,
        principal: Principal,
        run: String,
        tool: String,
        fault: ArgumentFault,
    ) -> Reply {
        let call = Call::new(principal, &run, &tool, Arguments::default());
        let denial = Denial::kernel(
            "kernel.bad-arguments",
            Phase::Examination,
            fault.to_string(),
            "give one JSON object with each key once, within the bounds of the input schema",
        );
        let mut entry = self.journal.open(&call);
        entry.under_rules(&self.rules.current().policy);
        Box::pin(entry.close(Err(Refusal::Denied(denial)))).await
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.rules.exchanges()
    }

    fn lists(&self) -> watch::Receiver<u64> {
        self.rules.lists()
    }

    /// A listing that cannot be recorded shows nothing; a tool that is not what was approved is not in it.
    async fn listing(&self, principal: &Principal, since: u64) -> Vec<Listed> {
        self.south.look().await;
        let mut tools = listing::for_principal(&self.rules.current(), principal, since);
        let removed = self.south.removed();
        tools.retain(|tool| !removed.contains(&tool.name));
        let recorded = match self.heed().await {
            Ok(()) => self.journal.listing(principal, tools.len()).await,
            failed => failed,
        };
        match recorded {
            Ok(()) => tools,
            Err(_) => Vec::new(),
        }
    }

    async fn note_refused(&self, code: &'static str) {
        self.journal.refused(code);
    }
}
