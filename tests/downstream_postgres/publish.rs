//! Publication: exactly the named content, nothing beside it, nothing on the way.
//! Knows nothing of how the server keeps its promises.

use aegis_downstreams::postgres::GrantMode;
use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};

use crate::world::{Client, World, answer, call, code};

async fn digest(client: &Client, table: &str) -> String {
    let result = call(client, "export_table", json!({ "table": table }), None).await;
    answer(&result)["sha256"].as_str().unwrap().to_owned()
}

fn publication(target: &str, sha256: &str) -> Value {
    json!({ "source": "silver", "target": target, "sha256": sha256 })
}

#[tokio::test]
async fn publication_is_exactly_what_was_named() {
    let world = World::new();
    let client = world
        .client(GrantMode::Required, ClientLifecycleMode::Initialize)
        .await;
    let named = digest(&client, "silver").await;
    let publish = async |target: &str, sha256: &str| {
        call(&client, "publish_table", publication(target, sha256), None).await
    };
    assert_eq!(answer(&publish("gold", &named).await)["created"], false);
    assert_eq!(digest(&client, "gold").await, named);
    assert_eq!(answer(&publish("gold_new", &named).await)["created"], true);
    assert_eq!(digest(&client, "gold_new").await, named);
    world.run("UPDATE silver SET v = 'sneaky' WHERE id = 2");
    let late = publish("gold", &named).await;
    assert_eq!(code(&late).as_deref(), Some("content-changed"));
    assert_eq!(digest(&client, "gold").await, named, "nothing was changed");
    for target in [
        "silver",
        "",
        "sqlite_sequence",
        "x\"; DROP TABLE gold; --",
        "paid",
    ] {
        let now = digest(&client, "silver").await;
        let refused = code(&publish(target, &now).await);
        assert_eq!(refused.as_deref(), Some("bad-argument"), "{target}");
    }
}

#[tokio::test]
async fn publication_changes_nothing_beside_and_nothing_on_the_way() {
    let world = World::new();
    world.run(
        "CREATE TRIGGER spoil AFTER INSERT ON gold BEGIN UPDATE gold SET v = 'spoiled'; END;
         CREATE TABLE child (id INTEGER REFERENCES gold(id) ON DELETE CASCADE);
         INSERT INTO gold VALUES (1, 'x', 0.0); INSERT INTO child VALUES (1);
         CREATE TABLE lossy (id INTEGER PRIMARY KEY, v TEXT NOT NULL, w TEXT);
         CREATE TABLE far (id INTEGER REFERENCES gold_two(id));
         CREATE TABLE gold_two (id INTEGER PRIMARY KEY, v TEXT, w REAL);
         INSERT INTO gold_two VALUES (77, 'x', 1.0); INSERT INTO far VALUES (77);",
    );
    let client = world
        .client(GrantMode::Required, ClientLifecycleMode::Initialize)
        .await;
    let named = digest(&client, "silver").await;
    let publish = async |target: &str| {
        code(&call(&client, "publish_table", publication(target, &named), None).await)
    };
    assert_eq!(publish("gold").await, None);
    assert_eq!(digest(&client, "gold").await, named, "no trigger had a say");
    assert_eq!(
        world.number("SELECT count(*) FROM child"),
        1,
        "no cascade ran"
    );
    assert_eq!(
        publish("lossy").await.as_deref(),
        Some("constraint"),
        "text is not a number"
    );
    assert_eq!(world.number("SELECT count(*) FROM lossy"), 0);
    assert_eq!(
        publish("gold_two").await.as_deref(),
        Some("constraint"),
        "a reference would dangle"
    );
    assert_eq!(world.number("SELECT id FROM gold_two"), 77);
    let grant = json!({ "reads": ["silver"], "writes": [] });
    let denied = call(
        &client,
        "publish_table",
        publication("gold", &named),
        Some(&grant),
    )
    .await;
    assert_eq!(
        code(&denied).as_deref(),
        Some("not-permitted"),
        "a grant that is given counts"
    );
}
