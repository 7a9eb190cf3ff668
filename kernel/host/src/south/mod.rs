//! The downstreams: MCP clients, children and their secrets.
//! Knows nothing of rules; it sends what a warrant says and nothing else.

use aegis_core::egress::Sealed;
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};

use crate::journal::Warrant;

/// All downstreams of one kernel.
pub struct South {}

impl South {
    /// The only credentialed line: carries out one warrant.
    ///
    /// # Errors
    /// [`Refusal::Failed`] with an honest `sent`.
    pub async fn invoke(&self, warrant: Warrant) -> Result<Sealed, Refusal> {
        let _ = warrant;
        Err(Refusal::Failed(Failure {
            sent: Sent::No,
            code: FailureCode::Unavailable,
        }))
    }
}
