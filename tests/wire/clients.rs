//! rmcp's own client against north, in both of its lifecycles.
//! Knows nothing of frames.

use std::sync::Arc;

use aegis_core::principal::{Principal, Proof};
use aegis_host::north;
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CallToolResult, ClientRequest, ProtocolVersion,
    ServerResult,
};
use rmcp::service::{PeerRequestOptions, RunningService};
use rmcp::{ClientLifecycleMode, ClientServiceExt, RoleClient, ServiceError};
use serde_json::json;
use tokio::io::{duplex, join, split};

use crate::stub::Stub;

type Client = RunningService<RoleClient, ()>;

const LEGACY: ClientLifecycleMode = ClientLifecycleMode::Initialize;

fn auto() -> ClientLifecycleMode {
    ClientLifecycleMode::Auto {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        legacy_version: None,
    }
}

async fn connect(mode: ClientLifecycleMode) -> (Client, Arc<Stub>) {
    let stub = Stub::new();
    let (near, far) = duplex(64 * 1024);
    let (input, output) = split(far);
    let principal = Principal::assertion("tester", Proof::Configured);
    tokio::spawn(north::serve(Arc::clone(&stub), principal, input, output));
    let (reader, writer) = split(near);
    let client = ().serve_with_lifecycle(join(reader, writer), mode).await.unwrap();
    (client, stub)
}

fn params(tool: &'static str, arguments: serde_json::Value) -> CallToolRequestParams {
    CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone())
}

async fn call(client: &Client, tool: &'static str, n: u64) -> CallToolResult {
    client
        .call_tool(params(tool, json!({ "n": n })))
        .await
        .unwrap()
}

async fn all_of_it(mode: ClientLifecycleMode, version: &str) {
    let (client, stub) = connect(mode).await;
    let info = client.peer_info().unwrap();
    assert_eq!(info.protocol_version.as_str(), version);
    assert_eq!(info.server_info.as_ref().unwrap().name, "aegis");
    let tools = client.list_all_tools().await.unwrap();
    let names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    assert_eq!(names, ["deny__always", "echo__say", "gate__wait"]);
    let echoed = call(&client, "echo__say", 1).await;
    assert_eq!(echoed.structured_content, Some(json!({ "n": 1 })));
    let denied = call(&client, "deny__always", 2).await;
    assert_eq!(denied.is_error, Some(true));
    assert_eq!(denied.structured_content.unwrap()["rule"], "test.always");
    let refused = client.list_all_resources().await;
    assert!(matches!(refused, Err(ServiceError::McpError(e)) if e.code.0 == -32601));
    parallel(&client, &stub).await;
    cancelled(&client, &stub).await;
    client.cancel().await.unwrap();
}

/// The slow call is begun first and answered last; each caller gets its own answer.
async fn parallel(client: &Client, stub: &Stub) {
    let slow = call(client, "gate__wait", 100);
    let fast = async {
        let answers = tokio::join!(
            call(client, "echo__say", 101),
            call(client, "echo__say", 102),
            call(client, "echo__say", 103),
        );
        stub.gate.add_permits(1);
        answers
    };
    let (slow, (a, b, c)) = tokio::join!(slow, fast);
    let ns: Vec<_> = [slow, a, b, c]
        .map(|answer| answer.structured_content.unwrap()["n"].as_u64().unwrap())
        .into();
    assert_eq!(ns, [100, 101, 102, 103]);
}

/// A cancelled call runs to its end; what follows is answered as ever.
async fn cancelled(client: &Client, stub: &Stub) {
    let begun = *stub.begun.borrow();
    let request = CallToolRequest::new(params("gate__wait", json!({ "n": 200 })));
    let handle = client
        .send_cancellable_request(
            ClientRequest::CallToolRequest(request),
            PeerRequestOptions::no_options(),
        )
        .await
        .unwrap();
    stub.until_begun(begun + 1).await;
    handle.cancel(Some("enough".into())).await.unwrap();
    assert_eq!(*stub.ended.borrow(), begun);
    let echoed = call(client, "echo__say", 201).await;
    assert_eq!(echoed.structured_content, Some(json!({ "n": 201 })));
    stub.gate.add_permits(1);
    stub.until_ended(begun + 2).await;
}

#[tokio::test]
async fn rmcp_by_handshake() {
    all_of_it(LEGACY, "2025-11-25").await;
}

#[tokio::test]
async fn rmcp_by_discovery() {
    all_of_it(auto(), "2026-07-28").await;
}

#[tokio::test]
async fn each_old_version_is_spoken() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18"] {
        let said = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"protocolVersion":"{version}","capabilities":{{}},"clientInfo":{{"name":"t","version":"1"}}}}}}"#
        );
        let mut agent = crate::agent::Agent::connect();
        agent.say(&said).await;
        let answer = agent.hear().await;
        let spoken = answer
            .get("result")
            .unwrap()
            .get("protocolVersion")
            .unwrap();
        assert_eq!(spoken.as_str(), Some(version));
    }
}

#[tokio::test]
async fn two_thousand_calls_are_each_answered_once() {
    let (client, stub) = connect(LEGACY).await;
    stub.gate.add_permits(2_000);
    let mut work = tokio::task::JoinSet::new();
    for n in 0..2_000_u64 {
        let peer = client.peer().clone();
        work.spawn(async move {
            let answer = peer
                .call_tool_once(params("gate__wait", json!({ "n": n })))
                .await
                .unwrap();
            let result = ServerResult::from(answer);
            let text = serde_json::to_string(&result).unwrap();
            assert!(
                text.contains(&format!("\"structuredContent\":{{\"n\":{n}}}")),
                "{text}"
            );
        });
    }
    while let Some(done) = work.join_next().await {
        done.unwrap();
    }
    assert_eq!(*stub.ended.borrow(), 2_000);
}
