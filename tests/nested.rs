//! Arguments that are objects, as agents are told of them, and rules about what is not in them.
//! Knows nothing of the kernel's insides.

use aegis_core::manifest::{self, Manifests};
use aegis_core::policy::{self, Policy};
use aegis_tests::House;
use aegis_tests::policies::{read, root};
use serde_json::json;

const GRANT: &str = "[[grant]]\nid = \"g\"\nprincipal = \"*\"\ncapabilities = [\"*\"]\n";

fn tool() -> String {
    let text = read(&root().join("tests/cases/policy/manifests/nested.toml"));
    let at = text.find("[tool.search]").expect("a tool");
    text[at..].to_owned()
}

/// Under a name that the downstream offers, since what it does not offer is listed to nobody; with lists beside.
fn offered() -> String {
    let lists = r#"
[tool.list_tables.argument.parts]
kind = "array"
max = 3
description = "The parts"
required = false
[tool.list_tables.argument.parts.item]
kind = "object"
[tool.list_tables.argument.parts.item.field.names]
kind = "array"
description = "Their names"
[tool.list_tables.argument.parts.item.field.names.item]
kind = "string"
max = 9
[tool.list_tables.argument.files]
kind = "paths"
access = "read"
description = "The files"
required = false
"#;
    tool().replace("tool.search", "tool.list_tables") + lists
}

#[test]
fn the_schema_that_an_agent_sees_is_closed_inside() {
    let manifest = read(&root().join("tests/cases/policy/manifests/people.toml"));
    let manifest = manifest.replace("[tool.list_tables]", "[tool.list_nothing]");
    let schema = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, city TEXT, badge INTEGER, salary INTEGER, team TEXT);
                  CREATE TABLE notes (id INTEGER PRIMARY KEY, person INTEGER, text TEXT);";
    let house = House::new(schema, &format!("{manifest}\n{}", offered()), GRANT);
    let mut agent = house.agent();
    let listed = agent.request("tools/list", &json!({}));
    let tools = listed["result"]["tools"].as_array().expect("tools");
    let search = tools
        .iter()
        .find(|tool| tool["name"] == "postgres__list_tables");
    let seen = &search.expect("the tool")["inputSchema"];
    let wanted = json!({
        "type": "object",
        "properties": { "filter": {
            "type": "object",
            "properties": {
                "status": { "type": "string", "enum": ["open", "closed"], "description": "Their status" },
                "tags": { "type": "array", "maxItems": 2, "description": "Their tags" },
                "page": {
                    "type": "object",
                    "properties": { "size": { "type": "integer", "maximum": 100, "description": "So many" } },
                    "required": ["size"],
                    "additionalProperties": false,
                    "description": "Which part",
                },
            },
            "required": ["status"],
            "additionalProperties": false,
            "description": "Which orders",
        }, "parts": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": { "names": {
                    "type": "array",
                    "items": { "type": "string", "maxLength": 9 },
                    "description": "Their names",
                } },
                "required": ["names"],
                "additionalProperties": false,
            },
            "description": "The parts",
        }, "files": {
            "type": "array",
            "items": { "type": "string" },
            "minItems": 1,
            "maxItems": 64,
            "description": "The files",
        } },
        "required": ["filter"],
        "additionalProperties": false,
    });
    assert_eq!(*seen, wanted);
    agent.finish();
}

#[test]
fn a_rule_about_what_is_not_declared_or_can_never_hold_is_refused() {
    let text = format!("server = \"shop\"\n{}", tool());
    let system = manifest::parse(&text, "m.toml").unwrap_or_else(|found| panic!("{found:#?}"));
    let manifests = Manifests::new(vec![system]);
    let rule = |path: &str, check: &str| {
        format!(
            "{GRANT}[[argument]]\nid = \"a\"\ntool = \"shop__search\"\nargument = \"{path}\"\n{check}\nbecause = \"b\"\nfix = \"f\"\n"
        )
    };
    let asks = |path: &str, check: &str| {
        format!(
            "{GRANT}[[block]]\nid = \"a\"\ncapability = \"*\"\nbecause = \"b\"\nfix = \"f\"\nwhen = {{ argument = {{ name = \"{path}\", {check} }} }}\n"
        )
    };
    for (rules, said) in [
        (rule("/filter/page/size", "max = 3"), None),
        (rule("/filter/tags/0", "matches = \"a\""), None),
        (
            rule("/filter/colour", "max = 3"),
            Some("has no field `colour`"),
        ),
        (
            rule("/filter/page/size/deeper", "max = 3"),
            Some("has no field `deeper`"),
        ),
        (rule("/filter/status", "max = 3"), Some("can never hold")),
        (rule("/filter", "max = 3"), Some("can never hold")),
        (asks("/filter/page/size", "max = 3"), None),
        (asks("/filter/colour", "max = 3"), Some("can never hold")),
        (asks("/filter/status", "min = 3"), Some("can never hold")),
    ] {
        let declared = policy::parse(&rules, "p.toml").unwrap_or_else(|found| panic!("{found:#?}"));
        let found = Policy::new(declared, &manifests).err().unwrap_or_default();
        let messages: Vec<&str> = found
            .iter()
            .map(|problem| problem.message.as_str())
            .collect();
        match said {
            None => assert!(messages.is_empty(), "{rules}: {messages:?}"),
            Some(said) => assert!(
                messages.iter().any(|m| m.contains(said)),
                "{rules}: {messages:?}"
            ),
        }
    }
}
