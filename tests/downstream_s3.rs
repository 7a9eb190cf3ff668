//! The object server through an MCP client: cases as data, both eras, races between writers.
//! Knows nothing of how the server keeps its promises.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail where the test would"
)]

#[path = "s3/kit.rs"]
mod kit;
#[path = "s3/on_store.rs"]
mod on_store;
#[path = "s3/place.rs"]
mod place;
#[path = "s3/store.rs"]
mod store;
#[path = "s3/table.rs"]
mod table;
#[path = "s3/through_kernel.rs"]
mod through_kernel;

use aegis_downstreams::ServeError;
use aegis_downstreams::s3::{self, S3Options};
use kit::{Backend, World, call, code, connect};
use rmcp::model::{CallToolRequestParams, ProtocolVersion};
use rmcp::service::ClientLifecycleMode;
use serde_json::json;

#[tokio::test]
async fn cases_hold() {
    for stepwise in [false, true] {
        table::hold(Backend::Directory { stepwise }, 25).await;
    }
}

#[tokio::test]
async fn the_same_cases_hold_on_a_store() {
    table::hold(Backend::Store, 15).await;
}

#[tokio::test]
async fn both_eras_list_and_call() {
    let discover = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    };
    for lifecycle in [ClientLifecycleMode::Initialize, discover] {
        let world = World::new(Backend::Directory { stepwise: false });
        let client = connect(&world.options(""), lifecycle).await;
        let tools = client.list_tools(None).await.unwrap().tools;
        let names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(
            names,
            [
                "list_objects",
                "head_object",
                "get_object",
                "put_object",
                "copy_object",
                "delete_object"
            ]
        );
        let put = call(&client, "put_object", json!({ "key": "k", "body": "x" })).await;
        assert_eq!(code(&put), None);
        let unknown = CallToolRequestParams::new("drop_bucket");
        assert!(client.call_tool(unknown).await.is_err());
    }
}

/// Many writers, each replacing exactly the state that it saw: every step happens once.
#[tokio::test]
async fn conditional_writes_do_not_lose_steps() {
    let world = World::new(Backend::Directory { stepwise: false });
    world.plant("file", "counter", "0");
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        // Handlers of their own: the lock must hold between processes, not only within one.
        let mut options = world.options("");
        options.stepwise = writer % 2 == 0;
        let client = connect(&options, ClientLifecycleMode::Initialize).await;
        writers.spawn(async move {
            let mut done = 0;
            while done < 10 {
                let got = call(&client, "get_object", json!({ "key": "counter" })).await;
                let got = got.structured_content.unwrap();
                let body = got["body"].as_str().unwrap_or_else(|| panic!("{got}"));
                let next = body.parse::<u64>().unwrap() + 1;
                let arguments =
                    json!({ "key": "counter", "body": next.to_string(), "if_match": got["etag"] });
                let put = call(&client, "put_object", arguments).await;
                match code(&put).as_deref() {
                    None => done += 1,
                    Some("precondition-failed") => {}
                    Some(other) => panic!("unexpected {other}"),
                }
            }
        });
    }
    writers.join_all().await;
    let counter = std::fs::read_to_string(world.bucket().join("counter")).unwrap();
    assert_eq!(counter, "40");
    assert_eq!(World::files(&world.bucket()), ["counter"]);
}

/// One key, many creators: exactly one wins.
#[tokio::test]
async fn one_creator_wins() {
    let world = World::new(Backend::Directory { stepwise: false });
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let client = world.client().await;
        writers.spawn(async move {
            let arguments =
                json!({ "key": "deep/er/k", "body": writer.to_string(), "if_none_match": "*" });
            code(&call(&client, "put_object", arguments).await)
        });
    }
    let outcomes = writers.join_all().await;
    assert_eq!(
        outcomes.iter().filter(|code| code.is_none()).count(),
        1,
        "{outcomes:?}"
    );
}

#[test]
fn options_that_lead_nowhere_are_named_and_shown_to_nobody() {
    let outcome = |url: &str| {
        let options = S3Options {
            url: url.to_owned(),
            stepwise: false,
            credentials: None,
        };
        assert!(
            !format!("{options:?}").contains(url),
            "the location is shown"
        );
        s3::handler(&options).map(|_| ()).unwrap_err()
    };
    assert!(matches!(outcome("s3://bucket/key"), ServeError::Unset(..)));
    assert!(matches!(outcome("bucket"), ServeError::UnknownForm(..)));
    assert!(matches!(
        outcome("file:/nowhere/at/all"),
        ServeError::Unusable(_)
    ));
    assert!(matches!(
        outcome("file:/etc/passwd"),
        ServeError::Unusable(_)
    ));
    assert_eq!(outcome("s3://bucket/key").exit_code(), 2);
}
