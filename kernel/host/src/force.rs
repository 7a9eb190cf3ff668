//! Whether the rules that a call was judged by are still in force.
//! Knows nothing of what they say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aegis_core::denial::{Denial, Phase};

/// The force of one set of rules: it ends once, for all who hold it.
#[derive(Clone, Debug, Default)]
pub struct Force(Arc<AtomicBool>);

impl Force {
    /// Ends it.
    pub fn end(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Nothing is sent on the word of rules that are gone.
    ///
    /// # Errors
    /// `kernel.policy-changed` where it has ended.
    pub fn holds(&self) -> Result<(), Denial> {
        if !self.0.load(Ordering::SeqCst) {
            return Ok(());
        }
        Err(Denial::kernel(
            "kernel.policy-changed",
            Phase::Kernel,
            "other rules came into force while the call was under way; nothing was sent",
            "ask again: the call is then judged by the rules that are in force now",
        ))
    }
}
