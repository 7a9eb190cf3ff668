//! What is sent of a query that a rule limits: the judged text with its limit, and beside it what was judged.
//! Knows nothing of how limits are set.

use aegis_core::manifest;

use super::gates::{invoke_under, rule};
use super::kit::{World, json};

const MANIFEST: &str = "server = \"h\"\n[tool.note]\ndescription = \"n\"\ncapabilities = [\"db:read\"]\n\
                        [tool.note.argument.sql]\nkind = \"sql\"\ndialect = \"sqlite\"\ndescription = \"s\"\n\
                        [tool.note.argument.tag]\nkind = \"string\"\ndescription = \"t\"\nrequired = false\n\
                        [tool.note.result]\nrows = \"/structuredContent/rows\"\n\
                        [[table]]\nname = \"orders\"\ncolumns = [\"id\", \"total\"]\nkey = [\"id\"]\n";

#[tokio::test]
async fn a_query_goes_south_with_its_limit_and_with_nothing_else_changed() {
    let grant = "[[grant]]\nid = \"all\"\nprincipal = \"*\"\ncapabilities = [\"*\"]\n";
    let limit = |id: &str, most: u64| format!("[[transform]]\nid = \"{id}\"\nlimit = {most}\n");
    let both = format!("{grant}{}{}", limit("wide", 500), limit("narrow", 20));
    let system = manifest::parse(MANIFEST, "m.toml").unwrap();
    let mut world = World::new();
    let note = world.dir.path().join("note");
    let path = note.display().to_string();
    world.systems = vec![system.clone()];
    let running = world
        .with("h", &["modern", &path], 5_000)
        .start()
        .await
        .unwrap();
    for (rules, sql, sent) in [
        (grant, "SELECT id FROM orders", Ok("SELECT id FROM orders")),
        (
            &both,
            "SELECT id FROM orders -- all",
            Ok("SELECT id FROM orders LIMIT 20 -- all"),
        ),
        (
            &both,
            "SELECT id FROM orders LIMIT 100",
            Ok("SELECT id FROM orders LIMIT 20"),
        ),
        (
            &both,
            "SELECT id FROM orders LIMIT 7",
            Ok("SELECT id FROM orders LIMIT 7"),
        ),
        (
            &both,
            "SELECT id FROM orders LIMIT 3 + 4",
            Err("denied narrow"),
        ),
    ] {
        let _ = std::fs::remove_file(&note);
        let arguments = serde_json::json!({ "tag": "t", "sql": sql }).to_string();
        let ended = rule(invoke_under(&running, (&system, rules), "h__note", &arguments).await);
        let Ok(sent) = sent else {
            assert_eq!(Err(ended.as_str()), sent, "{sql}");
            assert!(!note.exists(), "{sql} was sent");
            continue;
        };
        let heard = json(&std::fs::read_to_string(&note).unwrap());
        let arguments = heard.get("params").unwrap().get("arguments").unwrap();
        assert_eq!(
            arguments.get("sql").unwrap().as_str(),
            Some(sent),
            "{ended}"
        );
        assert_eq!(arguments.get("tag").unwrap().as_str(), Some("t"));
        assert_eq!(arguments.as_object().unwrap().len(), 2);
    }
    running.south.shutdown().await;
}
