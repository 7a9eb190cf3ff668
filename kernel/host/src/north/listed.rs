//! One tool as the agent sees it.
//! Knows nothing of what stands behind it.

use aegis_core::json::Json;

/// One tool as the agent sees it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// `server__tool`.
    pub name: String,
    /// The manifest's text, with the limits that apply.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub input_schema: Json,
    /// Whether it only reads.
    pub read_only: bool,
}

impl Listed {
    /// The MCP `Tool`.
    pub(super) fn into_json(self) -> Json {
        Json::object([
            ("name", Json::from(self.name)),
            ("description", Json::from(self.description)),
            ("inputSchema", self.input_schema),
            (
                "annotations",
                Json::object([("readOnlyHint", Json::from(self.read_only))]),
            ),
        ])
    }
}
