//! One call in the log, from intent to outcome.
//! Knows nothing of the file.

use aegis_core::denial::Denial;
use aegis_core::egress::Egress;
use aegis_core::policy::Permit;
use aegis_core::refusal::Refusal;

use super::{Reply, Warrant};

/// The entry of one call: exactly one terminal record, whatever happens.
pub struct Entry {}

impl Entry {
    pub fn is_committed(&self) -> bool {
        false
    }

    /// Makes the permit durable as an intent.
    ///
    /// # Errors
    /// `kernel.log-unavailable` where it cannot be made durable: then nothing may act.
    pub async fn commit(&mut self, permit: Permit) -> Result<Warrant, Denial> {
        Ok(Warrant::new(permit))
    }

    /// Records how the call ended, and only then makes the reply.
    pub async fn close(self, outcome: Result<Egress, Refusal>) -> Reply {
        Reply::new(outcome)
    }
}
