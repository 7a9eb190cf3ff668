//! A kernel before a server whose tools are whatever stands in a file.
//! Knows nothing of what is tested with it.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use aegis_tests::{Client, aegis};
use serde_json::{Value, json};

/// Two tools, `says` and `announce`, and others that no manifest declares.
const MANIFEST: &str = r#"
server = "h"
[tool.says]
description = "The manifest's own words"
capabilities = ["h:say"]
[tool.says.argument.result]
kind = "string"
required = false
description = "What to say"
[tool.announce]
description = "Tells that tools have changed"
capabilities = ["h:say"]
"#;

pub(super) struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// With these lines before the manifest's first table; the server's era by its mode.
    pub(super) fn new(mode: &str, first: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = Self { folder };
        world.write("h.toml", &format!("{first}\n{MANIFEST}"));
        world.write(
            "policy.toml",
            "[[grant]]\nid = \"all\"\nprincipal = \"agent\"\ncapabilities = [\"h:say\"]\n",
        );
        std::fs::create_dir(world.path("server")).unwrap();
        let hostile = aegis().with_file_name("aegis-hostile");
        world.write(
            "aegis.toml",
            &format!(
                "[kernel]\nprincipal = \"agent\"\npolicies = [\"policy.toml\"]\nstate = \".aegis/state.db\"\n[audit]\ndir = \".aegis/audit\"\n\
                 [south.h]\nmanifest = \"h.toml\"\ncommand = [{:?}, {mode:?}, {:?}]\n",
                hostile.display().to_string(),
                world.path("server/tools.json").display().to_string(),
            ),
        );
        world.lists(&[says(), announce()]);
        world
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// What the server lists from now on.
    pub(super) fn lists(&self, tools: &[Value]) {
        self.write("server/tools.json", &json!({ "tools": tools }).to_string());
    }

    pub(super) fn agent(&self) -> Client {
        Client::start(&self.path("aegis.toml"))
    }

    /// As [`World::agent`], with what the operator is told in a file.
    pub(super) fn agent_telling(&self, file: &str) -> Client {
        let mut kernel = Command::new(aegis());
        kernel
            .args(["serve", "--config"])
            .arg(self.path("aegis.toml"));
        let errors = std::fs::File::create(self.path(file)).unwrap();
        Client::run_telling(kernel, Stdio::from(errors)).hello()
    }

    /// `aegis pins …`: its code, what it printed and what it told.
    pub(super) fn pins(&self, words: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(aegis());
        command.arg("pins").args(words);
        command.arg("--config").arg(self.path("aegis.toml"));
        ended(command.stdin(Stdio::null()).output().unwrap())
    }

    pub(super) fn accept(&self) {
        let (code, said, told) = self.pins(&["accept", "--yes"]);
        assert_eq!(code, 0, "{said}{told}");
    }

    pub(super) fn check(&self) -> (i32, String, String) {
        let mut command = Command::new(aegis());
        command
            .args(["check", "--config"])
            .arg(self.path("aegis.toml"));
        ended(command.output().unwrap())
    }

    /// The whole log.
    pub(super) fn log(&self) -> String {
        let files = std::fs::read_dir(self.path(".aegis/audit")).unwrap();
        let files = files.map(|entry| entry.unwrap().path());
        let logs = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
        logs.map(|path| std::fs::read_to_string(path).unwrap())
            .collect()
    }

    /// Server, tool and cause of each finding about a tool, as the log has them.
    pub(super) fn findings(&self) -> Vec<String> {
        let lines = self.log();
        let records = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        records
            .filter(|record| record["kind"] == "tool.standing")
            .map(|record| {
                let text = |key: &str| record[key].as_str().unwrap().to_owned();
                format!("{} {} {}", text("server"), text("tool"), text("cause"))
            })
            .collect()
    }
}

pub(super) fn ended(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

pub(super) fn says() -> Value {
    json!({
        "name": "says", "title": "Says", "description": "Says what it is told\nand no more",
        "inputSchema": {"type": "object", "properties": {"result": {"type": "string"}}, "required": ["result"]},
        "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
        "annotations": {"readOnlyHint": true},
        "icons": [{"src": "https://example.com/i.png"}],
        "execution": {"taskSupport": "forbidden"},
        "_meta": {"version": 1},
    })
}

pub(super) fn announce() -> Value {
    json!({"name": "announce", "description": "Announces", "inputSchema": {"type": "object"}})
}

/// The names that an agent is shown.
pub(super) fn listed(agent: &mut Client) -> Vec<String> {
    let answer = agent.request("tools/list", &json!({}));
    let tools = answer["result"]["tools"].as_array().unwrap().clone();
    let name = |tool: &Value| tool["name"].as_str().unwrap().to_owned();
    tools.iter().map(name).collect()
}

/// The rule that a call is refused by, or `served`.
pub(super) fn outcome(agent: &mut Client, tool: &str, arguments: &Value) -> String {
    let result = agent.call(tool, arguments);
    let rule = result["structuredContent"]["rule"].as_str();
    rule.map_or_else(|| "served".to_owned(), str::to_owned)
}
