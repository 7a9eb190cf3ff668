//! A database of its own for each test, and a client that talks to the server over it.
//! Knows nothing of what is asserted.

use std::path::{Path, PathBuf};
use std::time::Duration;

use aegis_downstreams::postgres::{self, GrantMode, PostgresOptions};
use rmcp::ServiceExt;
use rmcp::model::{CallToolRequestParams, CallToolResult, ProtocolVersion, RequestMetaObject};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService};
use serde_json::Value;

pub(crate) type Client = RunningService<RoleClient, ()>;

pub(crate) fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/downstreams")
}

pub(crate) struct World {
    pub(crate) directory: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of("world.sql")
    }

    /// A world of another script beside the cases.
    pub(crate) fn of(script: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let world = Self { directory };
        let sql = std::fs::read_to_string(cases().join(script)).unwrap();
        let connection = rusqlite::Connection::open(world.path()).unwrap();
        connection
            .execute_batch("PRAGMA synchronous = OFF")
            .unwrap();
        connection.execute_batch(&sql).unwrap();
        world
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("world.db")
    }

    /// -1 where the statement fails, e.g. for want of a table.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        connection
            .query_row(sql, [], |row| row.get(0))
            .unwrap_or(-1)
    }

    pub(crate) fn run(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    pub(crate) async fn client(&self, grant: GrantMode, lifecycle: ClientLifecycleMode) -> Client {
        connected(
            format!("sqlite:{}", self.path().display()),
            grant,
            lifecycle,
        )
        .await
    }
}

/// A client of a server for that location.
pub(crate) async fn connected(
    url: String,
    grant: GrantMode,
    lifecycle: ClientLifecycleMode,
) -> Client {
    let handler = postgres::handler(&PostgresOptions { url, grant }).unwrap();
    let (near, far) = tokio::io::duplex(64 * 1024);
    tokio::spawn(async move {
        if let Ok(service) = handler.serve(far).await {
            let _ = service.waiting().await;
        }
    });
    ().serve_with_lifecycle(near, lifecycle).await.unwrap()
}

pub(crate) fn modern() -> ClientLifecycleMode {
    ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    }
}

pub(crate) async fn call(
    client: &Client,
    tool: &str,
    arguments: Value,
    grant: Option<&Value>,
) -> CallToolResult {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object");
    };
    let mut params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
    if let Some(grant) = grant {
        let mut meta = RequestMetaObject::default();
        meta.insert("aegis/grant".to_owned(), grant.clone());
        params.meta = Some(meta);
    }
    tokio::time::timeout(Duration::from_secs(20), client.call_tool(params))
        .await
        .expect("an answer in time")
        .expect("a result, not a protocol error")
}

/// The code of a failure; `None` is a success.
pub(crate) fn code(result: &CallToolResult) -> Option<String> {
    let failed = result.is_error == Some(true);
    let code = result.structured_content.as_ref()?["code"].as_str();
    code.filter(|_| failed).map(str::to_owned)
}

pub(crate) fn answer(result: &CallToolResult) -> Value {
    assert_eq!(code(result), None);
    result.structured_content.clone().unwrap()
}
