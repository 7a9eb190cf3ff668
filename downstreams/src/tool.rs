//! How a tool is announced: name, text, closed input schema, hints.
//! Knows nothing of what the tools do.

use std::sync::Arc;

use rmcp::model::{ListToolsResult, MetaObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

/// What a tool does to the data, for the hints that MCP knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Reads alone.
    Reads,
    /// Adds or replaces.
    Writes,
}

/// One tool. `properties` is a JSON object of argument schemas.
pub(crate) fn tool(
    name: &'static str,
    description: &'static str,
    effect: Effect,
    properties: Value,
    required: &[&str],
) -> Tool {
    let schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let schema = match schema {
        Value::Object(schema) => schema,
        _ => serde_json::Map::new(),
    };
    Tool::new(name, description, Arc::new(schema)).with_annotations(
        ToolAnnotations::new()
            .read_only(effect == Effect::Reads)
            .destructive(effect == Effect::Writes)
            .open_world(false),
    )
}

/// Marks a tool as meant for a supervising process, never for an agent.
pub(crate) fn supervisor_only(tool: Tool) -> Tool {
    let mut meta = MetaObject::default();
    meta.insert("aegis/supervisor-only".to_owned(), Value::Bool(true));
    tool.with_meta(meta)
}

/// The one page of a listing.
pub(crate) fn listing(tools: Vec<Tool>) -> ListToolsResult {
    ListToolsResult::with_all_items(tools)
}
