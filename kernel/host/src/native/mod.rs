//! Tools that the kernel itself serves, under the same gates as every other.
//! Knows nothing of how a downstream is reached: it asks through [`Fetch`].

pub mod medallion;

use std::future::Future;

use aegis_core::json::{Json, Object};
use aegis_core::refusal::Failure;

use crate::journal::Warrant;

/// What a native tool needs of south: a call of an internal tool, under the warrant of the call that it
/// is part of. The answer is a `CallToolResult`.
pub trait Fetch {
    /// Calls one tool of one downstream.
    ///
    /// # Errors
    /// With an honest `sent`.
    fn fetch(
        &self,
        warrant: &Warrant,
        server: &str,
        tool: &str,
        arguments: Object,
    ) -> impl Future<Output = Result<Json, Failure>> + Send;
}
