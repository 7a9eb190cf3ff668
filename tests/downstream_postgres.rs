//! The SQL server through an MCP client: both protocol eras, its report, files in odd states.
//! Knows nothing of how the server keeps its promises.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the helpers of a test fail where the test would"
)]

#[path = "downstream_postgres/cases.rs"]
mod cases;
#[path = "downstream_postgres/families.rs"]
mod families;
#[path = "downstream_postgres/on_server.rs"]
mod on_server;
#[path = "downstream_postgres/publish.rs"]
mod publish;
#[path = "downstream_postgres/secured.rs"]
mod secured;
#[path = "downstream_postgres/server.rs"]
mod server;
#[path = "downstream_postgres/world.rs"]
mod world;

use aegis_downstreams::ServeError;
use aegis_downstreams::postgres::{self, GrantMode, PostgresOptions};
use rmcp::model::CallToolRequestParams;
use rmcp::service::ClientLifecycleMode;
use serde_json::json;

use world::{World, answer, call, code, modern};

#[tokio::test]
async fn both_eras_list_and_call() {
    for lifecycle in [ClientLifecycleMode::Initialize, modern()] {
        let world = World::new();
        let client = world.client(GrantMode::Required, lifecycle).await;
        let tools = client.list_tools(None).await.unwrap().tools;
        let names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        let agents = ["list_tables", "describe_table", "query", "execute"];
        let supervisors = ["describe_catalog", "export_table", "publish_table"];
        assert_eq!(names, [&agents[..], &supervisors[..]].concat());
        let marked = tools.iter().filter(|tool| tool.meta.is_some()).count();
        assert_eq!(marked, supervisors.len());
        let grant = json!({ "reads": "*" });
        let result = call(
            &client,
            "query",
            json!({ "sql": "SELECT 1 AS one" }),
            Some(&grant),
        )
        .await;
        assert_eq!(answer(&result)["rows"], json!([{ "one": 1 }]));
        assert!(
            client
                .call_tool(CallToolRequestParams::new("drop_all"))
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn the_engine_reports_what_a_statement_used() {
    let world = World::new();
    let client = world
        .client(GrantMode::Required, ClientLifecycleMode::Initialize)
        .await;
    let masked = json!({ "customers.email": { "op": "redact", "type": "EMAIL_ADDRESS" } });
    let grant = json!({ "reads": "*", "writes": "*", "functions": "*", "masked": masked });
    let report = async |tool: &str, sql: &str| {
        let result = call(&client, tool, json!({ "sql": sql }), Some(&grant)).await;
        assert_eq!(code(&result), None, "{sql}");
        serde_json::to_value(&result.meta.unwrap()["aegis/engine"]).unwrap()
    };
    assert_eq!(
        report(
            "query",
            "SELECT upper(EMAIL) FROM Customers c, orders WHERE customer_id = c.id"
        )
        .await,
        json!({
            "reads": ["customers.email", "customers.id", "orders.customer_id"],
            "writes": [], "functions": ["upper"],
        })
    );
    assert_eq!(
        report("query", "SELECT shout FROM contacts").await["reads"],
        json!(["contacts.shout", "customers.email", "customers.id"])
    );
    assert_eq!(
        report("query", "SELECT count(*) FROM orders").await["reads"],
        json!(["orders"])
    );
    assert_eq!(
        report("execute", "INSERT INTO noted VALUES (1, 'x')").await["writes"],
        json!(["audit", "noted"])
    );
    assert_eq!(
        report("execute", "DELETE FROM customers WHERE id = 1").await["writes"],
        json!(["customers", "orders"])
    );
}

#[tokio::test]
async fn open_mode_needs_no_grant_and_keeps_its_defences() {
    let world = World::new();
    let client = world
        .client(GrantMode::Open, ClientLifecycleMode::Initialize)
        .await;
    let outcome =
        async |tool: &str, sql: &str| code(&call(&client, tool, json!({ "sql": sql }), None).await);
    assert_eq!(
        outcome("query", "SELECT email FROM main.customers").await,
        None
    );
    assert_eq!(
        outcome("query", "SELECT sql FROM sqlite_schema").await,
        None
    );
    assert_eq!(outcome("execute", "DROP TABLE staging_tmp").await, None);
    let denied = Some("not-permitted".to_owned());
    for (tool, sql) in [
        ("query", "DELETE FROM orders"),
        ("query", "PRAGMA writable_schema = 1"),
        ("execute", "PRAGMA writable_schema = 1"),
        ("execute", "ATTACH 'stolen.db' AS x"),
        ("execute", "CREATE TEMP VIEW orders AS SELECT 1"),
    ] {
        let outcome = outcome(tool, sql).await;
        assert!(
            outcome == denied || outcome.as_deref() == Some("bad-statement"),
            "{sql}: {outcome:?}"
        );
    }
    assert!(
        outcome("execute", "DELETE FROM sqlite_schema")
            .await
            .is_some()
    );
    assert_eq!(
        outcome("query", "SELECT 1; SELECT 2").await.as_deref(),
        Some("bad-statement")
    );
    let broken = json!({ "reads": 5 });
    let result = call(
        &client,
        "query",
        json!({ "sql": "SELECT 1" }),
        Some(&broken),
    )
    .await;
    assert_eq!(
        code(&result).as_deref(),
        Some("bad-argument"),
        "a broken grant is not none"
    );
}

#[tokio::test]
async fn schemas_that_are_broken_or_alive_harm_nobody_else() {
    let world = World::new();
    world.run(
        "CREATE VIEW broken AS SELECT x FROM nowhere;
         CREATE VIRTUAL TABLE found USING fts5(body);
         INSERT INTO found VALUES ('rosebud-raw');",
    );
    let client = world
        .client(GrantMode::Required, ClientLifecycleMode::Initialize)
        .await;
    let all = json!({ "reads": "*", "functions": "*" });
    let some = json!({ "reads": ["orders", "found", "broken"], "functions": "*" });
    for grant in [&all, &some] {
        let outcome = async |sql: &str| {
            code(&call(&client, "query", json!({ "sql": sql }), Some(grant)).await)
        };
        assert_eq!(outcome("SELECT id FROM orders").await, None);
        assert!(outcome("SELECT x FROM broken").await.is_some());
        assert!(
            outcome("SELECT body FROM found").await.is_some(),
            "virtual tables run code"
        );
        assert!(outcome("SELECT c0 FROM found_content").await.is_some());
    }
    let catalog = answer(&call(&client, "describe_catalog", json!({}), None).await).to_string();
    assert!(!catalog.contains("found") && catalog.contains("\"broken\""));
}

/// What a writer that died in the middle of a transaction leaves: pages and a hot journal.
#[tokio::test]
async fn a_hot_journal_is_rolled_back_before_reading() {
    let (world, crashed) = (World::new(), World::new());
    let client = crashed
        .client(GrantMode::Required, ClientLifecycleMode::Initialize)
        .await;
    let connection = rusqlite::Connection::open(world.path()).unwrap();
    connection
        .execute_batch(
            "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN;
             UPDATE staging_tmp SET x = 'torn';
             INSERT INTO staging_tmp (x) SELECT hex(randomblob(2000)) FROM pragma_function_list;",
        )
        .unwrap();
    let journal = |world: &World| world.directory.path().join("world.db-journal");
    std::fs::copy(world.path(), crashed.path()).unwrap();
    std::fs::copy(journal(&world), journal(&crashed)).unwrap();
    for reads in [json!("*"), json!(["staging_tmp"])] {
        let grant = json!({ "reads": reads, "functions": "*" });
        let sql = json!({ "sql": "SELECT group_concat(x, '') AS x FROM staging_tmp" });
        let result = call(&client, "query", sql, Some(&grant)).await;
        assert_eq!(answer(&result)["rows"], json!([{ "x": "abc" }]));
    }
}

#[tokio::test]
async fn write_ahead_logs_are_read_too() {
    let world = World::new();
    let writer = rusqlite::Connection::open(world.path()).unwrap();
    writer
        .execute_batch("PRAGMA journal_mode = WAL; INSERT INTO audit VALUES ('late');")
        .unwrap();
    let client = world
        .client(GrantMode::Required, ClientLifecycleMode::Initialize)
        .await;
    for reads in [json!("*"), json!(["audit"])] {
        let grant = json!({ "reads": reads });
        let result = call(
            &client,
            "query",
            json!({ "sql": "SELECT x FROM audit" }),
            Some(&grant),
        )
        .await;
        assert_eq!(answer(&result)["rows"], json!([{ "x": "late" }]));
    }
}

#[test]
fn options_that_lead_nowhere_are_named_and_shown_to_nobody() {
    let outcome = |url: &str| {
        let options = PostgresOptions {
            url: url.to_owned(),
            grant: GrantMode::Required,
        };
        assert!(
            !format!("{options:?}").contains(url),
            "the location is shown"
        );
        postgres::handler(&options).map(|_| ()).unwrap_err()
    };
    for form in [
        "postgres://user:rosebud@host/db?sslmode=require",
        "postgres://user:rosebud@host/db?sslmod=disable",
        "postgres://user:rosebud@host/db?sslmode=disable&sslrootcert=/x",
        "postgres://user:rosebud@/db",
        "postgres://host/db",
    ] {
        let fault = outcome(form);
        assert!(matches!(fault, ServeError::UnknownForm(..)), "{form}");
        assert_eq!(fault.exit_code(), 2);
        assert!(!fault.to_string().contains("rosebud"));
    }
    assert!(matches!(
        outcome("customers.db"),
        ServeError::UnknownForm(..)
    ));
    assert!(matches!(
        outcome("sqlite:/nowhere/at/all.db"),
        ServeError::Unusable(_)
    ));
    assert!(matches!(
        outcome("sqlite:/etc/passwd"),
        ServeError::Unusable(_)
    ));
}
