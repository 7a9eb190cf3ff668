//! An answer that is in the log.
//! Knows nothing of the wire.

use aegis_core::egress::Egress;
use aegis_core::json::Json;
use aegis_core::refusal::Refusal;

/// What the agent is told; made by [`super::Entry::close`] alone.
#[derive(Debug)]
#[must_use]
pub struct Reply {
    result: Json,
}

impl Reply {
    pub(in crate::journal) fn new(outcome: Result<Egress, Refusal>) -> Self {
        let result = match outcome {
            Ok(egress) => egress.result().clone(),
            Err(Refusal::Denied(denial) | Refusal::Withheld(denial)) => {
                tool_error(denial.to_json())
            }
            Err(Refusal::Failed(failure)) => tool_error(failure.to_json()),
        };
        Self { result }
    }

    /// The MCP `CallToolResult`: `content`, `structuredContent`, `isError`.
    #[must_use]
    pub fn into_result(self) -> Json {
        self.result
    }
}

fn tool_error(structured: Json) -> Json {
    let text = Json::object([
        ("type", Json::from("text")),
        ("text", Json::from(structured.to_string())),
    ]);
    Json::object([
        ("content", Json::Array(vec![text])),
        ("structuredContent", structured),
        ("isError", Json::from(true)),
    ])
}
