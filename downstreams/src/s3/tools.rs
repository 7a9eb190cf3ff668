//! The tools of the object server as clients see them.
//! Knows nothing of how they are carried out.

use rmcp::model::Tool;
use serde_json::{Value, json};

use crate::tool::{Effect, tool};

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn key() -> Value {
    text("Key of the object: components with `/` between them")
}

fn if_match() -> Value {
    text("Only if the object has this ETag; `*` means that it exists")
}

fn if_none_match() -> Value {
    json!({ "type": "string", "const": "*", "description": "Only if there is no object of that key" })
}

/// All tools, in a fixed order.
pub(super) fn all() -> Vec<Tool> {
    let mut tools = reading();
    tools.extend(writing());
    tools
}

fn reading() -> Vec<Tool> {
    vec![
        tool(
            "list_objects",
            "Lists objects in the order of their keys",
            Effect::Reads,
            json!({
                "prefix": text("How the keys begin"),
                "limit": { "type": "integer", "minimum": 1, "maximum": 1000 },
                "after": text("Only keys beyond this one, to go on after a truncated list"),
            }),
            &[],
        ),
        tool(
            "head_object",
            "Tells size and ETag of an object; the ETag changes with its content",
            Effect::Reads,
            json!({ "key": key() }),
            &["key"],
        ),
        tool(
            "get_object",
            "Reads an object; bytes that are not UTF-8 come as base64",
            Effect::Reads,
            json!({ "key": key() }),
            &["key"],
        ),
    ]
}

fn writing() -> Vec<Tool> {
    vec![
        tool(
            "put_object",
            "Writes an object, wholly or not at all",
            Effect::Writes,
            json!({
                "key": key(),
                "body": text("The content"),
                "encoding": { "type": "string", "enum": ["utf-8", "base64"] },
                "if_match": if_match(),
                "if_none_match": if_none_match(),
            }),
            &["key", "body"],
        ),
        tool(
            "copy_object",
            "Writes the content of one object under another key",
            Effect::Writes,
            json!({
                "source": text("Key of the object to copy"),
                "key": key(),
                "source_if_match": text("Only if the source has this ETag"),
                "source_sha256": text("Only if the source's bytes have this SHA-256, in lower-case hex"),
                "if_match": if_match(),
                "if_none_match": if_none_match(),
            }),
            &["source", "key"],
        ),
        tool(
            "delete_object",
            "Removes an object",
            Effect::Writes,
            json!({ "key": key(), "if_match": if_match() }),
            &["key"],
        ),
    ]
}
