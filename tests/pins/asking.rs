//! What a server asks of the kernel in both eras: a model, folders, forms. None of it reaches an agent, and each is refused.
//! Knows nothing of rounds, in which a tool may ask by its manifest's leave.

use serde_json::{Value, json};

use super::kit::World;

const MANIFEST: &str = r#"
server = "h"
[tool.ask]
description = "Asks"
capabilities = ["h:say"]
[tool.asked]
description = "Says what it was answered"
capabilities = ["h:say"]
[tool.says]
description = "Says"
capabilities = ["h:say"]
[tool.says.argument.result]
kind = "string"
description = "What to say"
"#;

fn tool(name: &str) -> Value {
    json!({"name": name, "description": name, "inputSchema": {"type": "object"}})
}

#[test]
fn a_server_that_asks_for_a_model_folders_or_a_form_is_refused_in_both_eras() {
    for mode in ["listed", "modern-listed"] {
        let world = World::new(mode, "");
        world.write("h.toml", MANIFEST);
        world.lists(&[tool("ask"), tool("asked"), tool("says")]);
        let mut agent = world.agent();
        agent.done("h__ask", &json!({}));
        let asked = agent.done("h__asked", &json!({}));
        let answers = asked["answers"].as_array().unwrap();
        let refused = answers
            .iter()
            .filter(|answer| answer["error"]["code"] == -32601);
        assert_eq!((answers.len(), refused.count()), (4, 3), "{mode}: {asked}");
        // The newer era asks in the place of an answer: refused by name where no manifest lets it.
        let wanted = ["sampling/createMessage", "roots/list", "elicitation/create"];
        for method in wanted {
            let asks = json!({"resultType": "input_required", "inputRequests": {"q": {"method": method, "params": {}}}});
            let result = agent.call("h__says", &json!({"result": asks.to_string()}));
            assert_eq!(
                result["structuredContent"]["rule"], "kernel.input-refused",
                "{mode} {method}: {result}"
            );
        }
        for heard in &agent.heard {
            for method in wanted {
                assert!(!heard.contains(method), "{mode}: {heard}");
            }
        }
    }
}
