//! The shape of a `CallToolResult`: what of it may leave at all.
//! Knows nothing of masks.

use crate::json::{Json, Object};

/// Codes of failure that may leave as they are: the closed sets of our downstreams. Any other becomes
/// `downstream-error`, since a downstream's words can quote data.
const CODES: &[&str] = &[
    "bad-statement",
    "not-permitted",
    "no-such-table",
    "constraint",
    "too-many-rows",
    "timeout",
    "too-large",
    "busy",
    "content-changed",
    "grant-required",
    "bad-argument",
    "internal",
    "no-such-key",
    "bad-key",
    "precondition-failed",
    "not-a-regular-file",
    "already-exists",
];

/// Whether the downstream says that the tool failed.
pub(super) fn is_error(result: &Json) -> bool {
    result
        .get("isError")
        .and_then(Json::as_bool)
        .unwrap_or(false)
}

/// The failure as a code and nothing else.
pub(super) fn coded_error(result: &Json) -> Json {
    let said = result
        .get("structuredContent")
        .and_then(|content| content.get("code"))
        .and_then(Json::as_str);
    let code = said
        .filter(|code| CODES.contains(code))
        .unwrap_or("downstream-error");
    Json::object([
        ("decision", Json::from("error")),
        ("code", Json::from(code)),
        (
            "fix",
            Json::from(
                "the call was permitted, but the downstream refused it: look at the code and at the arguments",
            ),
        ),
    ])
}

/// What is worth masking: the structured content, or the text where there is none. Every other member
/// (`_meta`, annotations, links) stays behind.
pub(super) fn body(result: Json) -> Json {
    let Json::Object(mut result) = result else {
        return Json::object([("content", Json::Array(Vec::new()))]);
    };
    let mut kept = Object::new();
    match (result.remove("structuredContent"), result.remove("content")) {
        (Some(structured), _) => kept.insert("structuredContent", structured),
        (None, Some(Json::Array(blocks))) => {
            kept.insert(
                "content",
                Json::Array(blocks.into_iter().map(plain_block).collect()),
            );
        }
        _ => kept.insert("content", Json::Array(Vec::new())),
    }
    Json::Object(kept)
}

/// Text stays; what cannot be read (pictures, sound, blobs, links) is withheld, and the block says so.
fn plain_block(block: Json) -> Json {
    let is_text = block.get("type").and_then(Json::as_str) == Some("text");
    let text = block.get("text").and_then(Json::as_str).filter(|_| is_text);
    let text = text.unwrap_or("<withheld: a block that is not text>");
    Json::object([("type", Json::from("text")), ("text", Json::from(text))])
}

/// The answer as it leaves: where there is structure, the text is made from it, so that the two cannot differ.
pub(super) fn released(body: Json) -> Json {
    match body.get("structuredContent") {
        Some(structured) => result(structured.clone(), false),
        None => {
            let Json::Object(mut object) = body else {
                return body;
            };
            object.insert("isError", Json::from(false));
            Json::Object(object)
        }
    }
}

/// A `CallToolResult` around one structure.
pub(super) fn result(structured: Json, error: bool) -> Json {
    let text = Json::object([
        ("type", Json::from("text")),
        ("text", Json::from(structured.to_string())),
    ]);
    Json::object([
        ("content", Json::Array(vec![text])),
        ("structuredContent", structured),
        ("isError", Json::from(error)),
    ])
}
