//! Results against the output schema of the definition that was accepted.
//! Knows nothing of JSON Schema's words.

use serde_json::{Value, json};

use super::kit::{World, announce, listed, outcome, says};

fn result(text: &str) -> Value {
    json!({ "result": text })
}

#[test]
fn a_result_that_does_not_fit_is_withheld_and_the_log_says_so() {
    for mode in ["listed", "modern-listed"] {
        let world = World::new(mode, "");
        world.accept();
        let mut agent = world.agent();
        let unfit = "kernel.output-schema";
        for (text, expected) in [
            (r#"{"content":[],"structuredContent":{"n":1}}"#, "served"),
            (
                r#"{"content":[],"structuredContent":{"n":1,"more":2}}"#,
                "served",
            ),
            (r#"{"content":[],"structuredContent":{"n":"1"}}"#, unfit),
            (r#"{"content":[],"structuredContent":{}}"#, unfit),
            (r#"{"content":[],"structuredContent":[1]}"#, unfit),
            (r#"{"content":[],"structuredContent":null}"#, unfit),
            // What its definition promises is there, unless it failed.
            (r#"{"content":[{"type":"text","text":"n is 1"}]}"#, unfit),
            (
                r#"{"content":[{"type":"text","text":"no"}],"isError":true}"#,
                "served",
            ),
            // An error is no way around.
            (
                r#"{"content":[],"isError":true,"structuredContent":{"n":"1"}}"#,
                unfit,
            ),
        ] {
            let found = outcome(&mut agent, "h__says", &result(text));
            assert_eq!(found, expected, "{mode}: {text}");
        }
        let canary = r#"{"content":[],"structuredContent":{"n":"canary-4711"}}"#;
        let withheld = agent.call("h__says", &result(canary)).to_string();
        assert!(!withheld.contains("canary-4711"), "{withheld}");
        assert!(withheld.contains("`type`"), "{withheld}");
        agent.close();
        agent.child.wait().unwrap();
        let log = world.log();
        assert_eq!(log.matches(r#""rule":"kernel.output-schema""#).count(), 7);
        assert!(!log.contains("canary-4711"));
    }
}

#[test]
fn an_unpinned_schema_demands_nothing() {
    let world = World::new("listed", "");
    let unfit = result(r#"{"content":[],"structuredContent":{"n":"1"}}"#);
    assert_eq!(outcome(&mut world.agent(), "h__says", &unfit), "served");
    // A digest alone pins the schema as well: it is the one that is listed.
    let (_, said, _) = world.pins(&["show", "--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    let digest = &report["servers"][0]["tools"][1]["sha256"];
    let manifest = world.read("h.toml");
    world.write("h.toml", &format!("{manifest}\n[pins]\nsays = {digest}\n"));
    let found = outcome(&mut world.agent(), "h__says", &unfit);
    assert_eq!(found, "kernel.output-schema");
}

#[test]
fn a_schema_that_cannot_be_judged_is_said_and_lets_nothing_through() {
    let world = World::new("listed", "");
    let mut tool = says();
    tool["outputSchema"]["unevaluatedProperties"] = json!(false);
    tool["outputSchema"]["properties"]["n"]["format"] = json!("int32");
    world.lists(&[tool.clone(), announce()]);
    let (_, said, _) = world.pins(&["accept", "--yes"]);
    assert!(
        said.contains("cannot be judged at `/unevaluatedProperties`"),
        "{said}"
    );
    let (code, _, told) = world.check();
    assert_eq!(code, 0);
    assert!(
        told.contains("/unevaluatedProperties") && told.contains("its results are withheld"),
        "{told}"
    );
    let fits = result(r#"{"content":[],"structuredContent":{"n":1}}"#);
    let found = outcome(&mut world.agent(), "h__says", &fits);
    assert_eq!(found, "kernel.output-schema-unread");

    let manifest = world.read("h.toml");
    let open = manifest.replace(
        "[tool.says]\n",
        "[tool.says]\nresult = { schema = \"unchecked\" }\n",
    );
    world.write("h.toml", &open);
    assert_eq!(world.check().2, "");
    assert_eq!(outcome(&mut world.agent(), "h__says", &fits), "served");

    // Words that demand nothing are named, and the rest counts.
    world.write("h.toml", &manifest);
    tool["outputSchema"]
        .as_object_mut()
        .unwrap()
        .remove("unevaluatedProperties");
    world.lists(&[tool, announce()]);
    let (_, said, _) = world.pins(&["accept", "--yes"]);
    assert!(said.contains("demand nothing here: format"), "{said}");
    let mut agent = world.agent();
    assert_eq!(listed(&mut agent).len(), 2);
    assert_eq!(outcome(&mut agent, "h__says", &fits), "served");
}
