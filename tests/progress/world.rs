//! A kernel before a downstream that tells of its progress.
//! Knows nothing of what it tells.

use std::path::PathBuf;

use aegis_tests::before_hostile;
use serde_json::{Value, json};

const MANIFEST: &str = r#"
server = "h"
[tool.tells]
description = "Says what it is told to"
capabilities = ["h:say"]
[tool.tells.argument.before]
kind = "string"
required = false
description = "before its answer"
[tool.tells.argument.after]
kind = "string"
required = false
description = "after its answer"
[tool.tells-much]
description = "Tells of its progress without end"
capabilities = ["h:say"]
[tool.holds]
description = "Answers once it is let go"
capabilities = ["h:say"]
[tool.lets-go]
description = "Lets go"
capabilities = ["h:say"]
[tool.cancelled]
description = "How often it was cancelled"
capabilities = ["h:say"]
"#;

const LABELS: &str = r#"
[[table]]
name = "staff"
columns = ["id", "salary"]
[label."staff.salary"]
is = "pii.salary"
"#;

/// What is looked for in everything that leaves.
const DETECT: &str = r#"
[[transform]]
id = "search"
detect = "standard"
"#;

const MASK: &str = r#"
[[transform]]
id = "mask"
label = "*"
mask = { default = "redact" }
"#;

pub(crate) struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// `owed` is what the permit owes beside what detectors find: nothing, `labels` or `bytes`.
    pub(crate) fn new(south: &str, owed: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let labels = if owed == "labels" { LABELS } else { "" };
        let manifest = format!("{MANIFEST}{labels}");
        before_hostile(folder.path(), &manifest, south);
        let policy = folder.path().join("policy.toml");
        let grants = std::fs::read_to_string(&policy).unwrap();
        let more = match owed {
            "labels" => MASK,
            "bytes" => "byte_max = 100000\n",
            _ => "",
        };
        std::fs::write(policy, format!("{grants}{DETECT}{more}")).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.path("aegis.toml")
    }

    fn records(&self) -> Vec<Value> {
        let log = self.path(".aegis/audit/00000000000000000000.jsonl");
        let log = std::fs::read_to_string(log).unwrap();
        let read = log.lines().map(serde_json::from_str::<Value>);
        read.map(Result::unwrap).collect()
    }

    /// How often the log counts this.
    pub(crate) fn counted(&self, cause: &str) -> u64 {
        let records = self.records();
        let of = records.iter().filter(|record| record["cause"] == cause);
        of.filter_map(|record| record["count"].as_u64()).sum()
    }

    /// How many calls of this tool are in the log as permitted.
    pub(crate) fn intents(&self, tool: &str) -> usize {
        let log = self.path(".aegis/audit/00000000000000000000.jsonl");
        let log = std::fs::read_to_string(log).unwrap_or_default();
        let tool = format!("\"tool\":\"{tool}\"");
        let intents = log
            .lines()
            .filter(|line| line.contains("\"kind\":\"intent\""));
        intents.filter(|line| line.contains(&tool)).count()
    }

    /// The outcomes in the log, in their order: status and cause.
    pub(crate) fn outcomes(&self) -> Vec<(String, String)> {
        let records = self.records();
        let outcomes = records.iter().filter(|record| record["kind"] == "outcome");
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        outcomes
            .map(|record| (word(&record["status"]), word(&record["cause"])))
            .collect()
    }
}

/// The line of a notification with these parameters.
pub(crate) fn notification(params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{params}}}"#)
}

/// The parameters of a call whose progress is heard under `token`.
pub(crate) fn heard_under(token: &Value, tool: &str, arguments: &Value) -> Value {
    json!({"name": tool, "arguments": arguments, "_meta": {"progressToken": token}})
}
