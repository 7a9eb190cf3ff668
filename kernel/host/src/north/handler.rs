//! What rmcp asks of the kernel: who it is, what it lists, what it answers.
//! Knows nothing of frames and eras.

use std::sync::Arc;

use aegis_core::json::Json;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, SubscriptionFilter,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::Mediator;
use super::calls::Calls;
use super::open::{Next, Open};
use super::outlet::Answers;
use super::splice::broken;
use super::transport::from_request_id;
use crate::wire::Id;

const INSTRUCTIONS: &str = "Every call goes through a compliance kernel, which allows, denies or rewrites it by \
declared rules and records it. A denied call comes back as a tool result with `isError` whose structured content names \
the rule, the reason and the fix: follow the fix rather than repeating the call. Where a result says `sent: maybe`, the \
effect may have happened: look before you repeat the call. Personal data in results may be masked.";

/// One agent's kernel.
pub(super) struct Handler<M, A> {
    pub(super) calls: Arc<Calls<M, A>>,
    /// Whether the agent is told when tools change, and until when; nothing where it is not.
    pub(super) announces: Option<Open>,
}

impl<M: Mediator, A: Answers> Handler<M, A> {
    async fn tools(&self) -> Option<Json> {
        let calls = Arc::clone(&self.calls);
        let work = tokio::spawn(async move {
            let listing = calls.mediator.listing(&calls.principal, calls.since);
            listing.await
        });
        let mut listed = work.await.ok()?;
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Some(Json::Array(
            listed.into_iter().map(super::Listed::into_json).collect(),
        ))
    }
}

impl<M: Mediator, A: Answers> ServerHandler for Handler<M, A> {
    fn get_info(&self) -> ServerConfig {
        let tools = ServerCapabilities::builder().enable_tools();
        let capabilities = match self.announces {
            Some(_) => tools.enable_tool_list_changed().build(),
            None => tools.build(),
        };
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("aegis", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    /// What is not offered is left out by rmcp; where nothing is told, there is no such method.
    fn accepted_subscription_filter(
        &self,
        wanted: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        self.announces.as_ref().map(|_| wanted.clone())
    }

    /// The newer era tells of changes to those alone who listen for them. rmcp's own notifications end at the transport:
    /// what is said here goes the way of progress, to the request alone.
    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let id = from_request_id(&context.request_context().id);
        let (Some(mut open), Some(wish)) = (self.announces.clone(), self.calls.in_flight.wish(&id))
        else {
            return Err(broken());
        };
        let mut lists = self.calls.mediator.lists();
        lists.mark_unchanged();
        self.calls.answers.begun(&id);
        let heard = context.accepted().tools_list_changed == Some(true);
        self.calls.answers.tell(&id, acknowledged(&id, heard)).await;
        loop {
            let next = tokio::select! {
                biased;
                () = wish.withdrawn() => return Ok(()),
                next = open.next(&mut lists) => next,
            };
            match next {
                Next::Changed if heard => self.calls.answers.tell(&id, changed(&id)).await,
                Next::Changed => {}
                Next::Idle | Next::Ending => return Ok(()),
            }
        }
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.tools().await.ok_or_else(broken)?;
        self.calls
            .in_flight
            .answer(&from_request_id(&context.id), tools);
        Ok(ListToolsResult::default())
    }

    async fn call_tool(
        &self,
        _: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let id = from_request_id(&context.id);
        drop(context);
        // In a task of its own, which neither a cancel nor a closed connection cuts.
        let calls = Arc::clone(&self.calls);
        let work = tokio::spawn(Box::pin(async move { (calls.answer(&id).await, id) }));
        let (answer, id) = work.await.map_err(|_| broken())?;
        let answer = answer.ok_or_else(broken)?;
        self.calls.in_flight.answer(&id, answer);
        Ok(CallToolResult::success(Vec::new()).into())
    }
}

/// The first word of a subscription.
fn acknowledged(id: &Id, heard: bool) -> String {
    let filter = match heard {
        true => Json::object([("toolsListChanged", Json::from(true))]),
        false => Json::object::<&str>([]),
    };
    let params = Json::object([("_meta", under(id)), ("notifications", filter)]);
    format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{params}}}"#
    )
}

/// That the tools could be others from now on, on a subscription.
fn changed(id: &Id) -> String {
    let params = Json::object([("_meta", under(id))]);
    format!(r#"{{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{params}}}"#)
}

fn under(id: &Id) -> Json {
    Json::object([("io.modelcontextprotocol/subscriptionId", id.to_json())])
}
