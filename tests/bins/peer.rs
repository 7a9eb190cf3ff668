//! What the kernel is measured against: an echo server on rmcp, and a relay on rmcp that only passes on.
//! Knows nothing of the kernel.
//!
//! `aegis-peer echo [MS]` answers what it is told, each call after MS milliseconds, one after the other;
//! `aegis-peer relay COMMAND…` stands before another server.

use std::process::{ExitCode, Stdio};
use std::time::Duration;

use aegis_host::wire;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ResultType, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RunningService, ServiceExt};
use rmcp::{ErrorData, RoleClient, RoleServer, ServerHandler};
use tokio::process::Command;
use tokio::sync::Mutex;

/// Says what it hears.
struct Echo {
    pause: Duration,
    turn: Mutex<()>,
}

/// Passes on what it hears.
struct Relay(RunningService<RoleClient, ()>);

fn about() -> ServerConfig {
    ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
}

impl ServerHandler for Echo {
    fn get_info(&self) -> ServerConfig {
        about()
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let schema = serde_json::json!({"type": "object"});
        let schema = schema.as_object().cloned().unwrap_or_default();
        Ok(ListToolsResult::with_all_items(vec![Tool::new(
            "say",
            "Says what it hears",
            std::sync::Arc::new(schema),
        )]))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if !self.pause.is_zero() {
            let _turn = self.turn.lock().await;
            tokio::time::sleep(self.pause).await;
        }
        let said = call.arguments.unwrap_or_default();
        let text = said.get("text").and_then(|text| text.as_str());
        let text = ContentBlock::text(text.unwrap_or_default());
        Ok(CallToolResult::success(vec![text]).into())
    }
}

impl ServerHandler for Relay {
    fn get_info(&self) -> ServerConfig {
        about()
    }

    async fn list_tools(
        &self,
        page: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.0.list_tools(page).await.map_err(lost)
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let mut answer = self.0.call_tool(call).await.map_err(lost)?;
        answer.result_type = Some(ResultType::COMPLETE);
        Ok(answer.into())
    }
}

fn lost(fault: impl std::fmt::Display) -> ErrorData {
    ErrorData::internal_error(fault.to_string(), None)
}

async fn run(mut arguments: impl Iterator<Item = String>) -> Option<()> {
    let streams = (wire::stdin().ok()?, wire::stdout().ok()?);
    let served = match arguments.next()?.as_str() {
        "echo" => {
            let pause = arguments.next().and_then(|ms| ms.parse().ok());
            let echo = Echo {
                pause: Duration::from_millis(pause.unwrap_or(0)),
                turn: Mutex::default(),
            };
            echo.serve(streams).await.ok()?.waiting().await
        }
        "relay" => {
            let mut child = Command::new(arguments.next()?)
                .args(arguments)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .ok()?;
            let pipes = (child.stdout.take()?, child.stdin.take()?);
            let relay = Relay(().serve(pipes).await.ok()?);
            relay.serve(streams).await.ok()?.waiting().await
        }
        _ => return None,
    };
    served.ok().map(drop)
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = runtime
        .ok()
        .and_then(|runtime| runtime.block_on(run(std::env::args().skip(1))));
    done.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}
