//! What rmcp asks of the kernel: who it is, what it lists, what it answers.
//! Knows nothing of frames and eras.

use std::sync::Arc;

use aegis_core::call::{Arguments, Call};
use aegis_core::json::Json;
use aegis_core::principal::Principal;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::Mediator;
use super::in_flight::InFlight;
use super::request::Stashed;
use super::transport::from_request_id;
use crate::wish::Wish;

const INSTRUCTIONS: &str = "Every call goes through a compliance kernel, which allows, denies or rewrites it by \
declared rules and records it. A denied call comes back as a tool result with `isError` whose structured content names \
the rule, the reason and the fix: follow the fix rather than repeating the call. Where a result says `sent: maybe`, the \
effect may have happened: look before you repeat the call. Personal data in results may be masked.";

/// One agent's kernel.
pub(super) struct Handler<M> {
    pub(super) mediator: Arc<M>,
    pub(super) principal: Principal,
    pub(super) run: String,
    pub(super) in_flight: Arc<InFlight>,
}

impl<M: Mediator> Handler<M> {
    /// Runs the call in a task of its own, which neither a cancel nor a closed connection cuts.
    async fn answer(&self, call: Stashed, wish: Wish) -> Option<Json> {
        let mediator = Arc::clone(&self.mediator);
        let principal = self.principal.clone();
        let run = self.run.clone();
        let Stashed { tool, arguments } = call;
        let work = tokio::spawn(async move {
            match Arguments::from_json(&arguments) {
                Ok(read) => {
                    drop(arguments);
                    let call = Call::new(principal, &run, &tool, read);
                    mediator.mediate(call, wish).await
                }
                Err(fault) => mediator.refuse_arguments(principal, run, tool, fault).await,
            }
        });
        work.await.ok().map(Into::into)
    }

    async fn tools(&self) -> Option<Json> {
        let mediator = Arc::clone(&self.mediator);
        let principal = self.principal.clone();
        let work = tokio::spawn(async move { mediator.listing(&principal).await });
        let mut listed = work.await.ok()?;
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Some(Json::Array(
            listed.into_iter().map(super::Listed::into_json).collect(),
        ))
    }
}

impl<M: Mediator> ServerHandler for Handler<M> {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("aegis", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.tools().await.ok_or_else(broken)?;
        self.in_flight.answer(&from_request_id(&context.id), tools);
        Ok(ListToolsResult::default())
    }

    async fn call_tool(
        &self,
        _: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let id = from_request_id(&context.id);
        let (call, wish) = self.in_flight.take_call(&id).ok_or_else(broken)?;
        let answer = self.answer(call, wish).await.ok_or_else(broken)?;
        self.in_flight.answer(&id, answer);
        Ok(CallToolResult::success(Vec::new()).into())
    }
}

/// The kernel's own failure, in words that tell nothing.
fn broken() -> ErrorData {
    ErrorData::internal_error("the kernel failed", None)
}
