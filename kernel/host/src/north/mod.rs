//! The MCP server that the agent talks to.
//! Knows nothing of rules, log or downstreams: it asks a [`Mediator`].

use std::future::Future;
use std::sync::Arc;

use aegis_core::call::Call;
use aegis_core::principal::Principal;

use crate::journal::Reply;

/// What north needs of the kernel.
pub trait Mediator: Send + Sync + 'static {
    /// One call through all gates. Runs to its end once begun; the future may be dropped without harm.
    fn mediate(self: Arc<Self>, call: Call) -> impl Future<Output = Reply> + Send;

    /// The tools that this principal may know of; journalled.
    fn listing(&self, principal: &Principal) -> impl Future<Output = Vec<Listed>> + Send;

    /// Records a message that never became a call (malformed, unknown verb): counted and logged by code.
    fn note_refused(&self, code: &'static str) -> impl Future<Output = ()> + Send;
}

/// One tool as the agent sees it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// `server__tool`.
    pub name: String,
    /// The manifest's text, with the limits that apply.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub input_schema: aegis_core::json::Json,
    /// Whether it only reads.
    pub read_only: bool,
}

/// stand-in
#[derive(Debug, thiserror::Error)]
#[error("north")]
pub struct NorthFault;
/// stand-in
pub async fn serve_stdio<M>(_: Arc<M>, _: Principal) -> Result<(), NorthFault> {
    Ok(())
}
