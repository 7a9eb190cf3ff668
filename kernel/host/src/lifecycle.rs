//! The life of one call. Read this file first.
//! Knows nothing of rules, wires or files: it only joins the gates in their order.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, RwLock};

use aegis_core::call::Call;
use aegis_core::denial::{Denial, Phase};
use aegis_core::egress::{self, Egress};
use aegis_core::inspect;
use aegis_core::manifest::Catalog;
use aegis_core::refusal::Refusal;

use crate::journal::{Entry, Journal, Reply};
use crate::south::South;
use crate::state::State;

/// The kernel: rules, log, state and downstreams of one process.
pub struct Kernel {
    rules: Rules,
    journal: Journal,
    state: State,
    south: Arc<South>,
}

impl Kernel {
    /// One call, from the agent's words to the agent's answer.
    ///
    /// From `open` to `close` each stage consumes the value of the one above it: none can be
    /// skipped, repeated or reordered and still compile.
    pub async fn mediate(self: Arc<Self>, call: Call) -> Reply {
        let mut entry = self.journal.open(&call);
        let outcome = self.carry_out(call, &mut entry).await;
        entry.close(outcome).await
    }
}
