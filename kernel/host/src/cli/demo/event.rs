//! One thing that the agent did and what it was answered: the line between the agent's process and
//! the story, and the line of a recorded trace.
//! Knows nothing of colours.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One call of the agent and its answer, whole.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Event {
    /// Which run: `off` or `on`.
    pub(super) run: String,
    /// The step of the scenario.
    pub(super) step: String,
    /// What the agent says that it does.
    pub(super) say: String,
    /// `server__tool`.
    pub(super) tool: String,
    /// The arguments as sent.
    pub(super) arguments: Value,
    /// The MCP result as received.
    pub(super) result: Value,
}

impl Event {
    /// Whether the kernel denied or withheld the call.
    pub(super) fn is_denied(&self) -> bool {
        self.structured("decision") == "deny"
    }

    /// Whether the result is an error of any kind.
    pub(super) fn is_error(&self) -> bool {
        self.result
            .get("isError")
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    /// A text member of the structured answer; empty where absent.
    pub(super) fn structured(&self, key: &str) -> &str {
        self.result
            .pointer(&format!("/structuredContent/{key}"))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The structured answer.
    pub(super) fn answer(&self) -> &Value {
        self.result.get("structuredContent").unwrap_or(&Value::Null)
    }
}
