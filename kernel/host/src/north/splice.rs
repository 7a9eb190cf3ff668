//! The text of an answer: rmcp's frame around the exact content.
//! Knows nothing of where either comes from.

use aegis_core::json::{Json, Object};
use rmcp::ErrorData;
use rmcp::model::{JsonRpcMessage, ListToolsResult, ServerJsonRpcMessage, ServerResult};

use super::Told;
use super::in_flight::Era;
use super::transport::from_request_id;
use crate::journal::Reply;
use crate::wire::Id;

/// What a call's answer may hold; anything else an answer holds ends here, `resultType` above all.
const CALL_MEMBERS: [&str; 3] = ["content", "structuredContent", "isError"];

/// Bytes of a line for which there is room at first.
const LINE_BYTES: usize = 512;

/// What may stand in questions.
const QUESTION_MEMBERS: [&str; 2] = ["inputRequests", "requestState"];

/// The line for one answer; `None` where there is nothing to say or it cannot be said.
pub(super) fn text(item: ServerJsonRpcMessage, exact: Option<Told>) -> Option<String> {
    match item {
        JsonRpcMessage::Response(response) => {
            let id = from_request_id(&response.id);
            let result = match (response.result, exact) {
                (ServerResult::CallToolResult(typed), Some(Told::Answer(exact))) => {
                    let kind = typed.result_type.as_ref().map(|kind| kind.as_str());
                    call(kind, exact)
                }
                (ServerResult::CallToolResult(_), Some(Told::Questions(asked))) => questions(asked),
                (ServerResult::ListToolsResult(typed), Some(Told::Answer(tools))) => {
                    listing(&typed, tools)?
                }
                (typed, _) => {
                    let result = serde_json::to_string(&typed).ok()?;
                    return Some(frame(&id, |line| line.push_str(&result)));
                }
            };
            Some(frame(&id, |line| result.write_to(line)))
        }
        error @ JsonRpcMessage::Error(_) => serde_json::to_string(&error).ok(),
        JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => None,
    }
}

/// The line for the answer to a call that rmcp has not seen.
pub(super) fn answer(id: &Id, era: Era, told: Told) -> String {
    let kind = match era {
        Era::Older => None,
        Era::Newer => Some("complete"),
    };
    let result = match told {
        Told::Answer(exact) => call(kind, exact),
        Told::Questions(asked) => questions(asked),
    };
    frame(id, |line| result.write_to(line))
}

/// The kernel's own failure, in words that tell nothing.
pub(super) fn broken() -> ErrorData {
    ErrorData::internal_error("the kernel failed", None)
}

fn frame(id: &Id, result: impl FnOnce(&mut String)) -> String {
    let mut line = String::with_capacity(LINE_BYTES);
    line.push_str("{\"jsonrpc\":\"2.0\",\"id\":");
    id.to_json().write_to(&mut line);
    line.push_str(",\"result\":");
    result(&mut line);
    line.push('}');
    line
}

/// `resultType` stands in the era that wants it, and in no other.
fn call(kind: Option<&str>, exact: Json) -> Object {
    let Json::Object(mut exact) = exact else {
        return nothing();
    };
    let mut result = Object::new();
    // In the older era a structure is an object; what else one is stands in the text beside it.
    let allowed = |key, value: &Json| {
        kind.is_some() || key != "structuredContent" || value.as_object().is_some()
    };
    for key in CALL_MEMBERS {
        if let Some(value) = exact.remove(key).filter(|value| allowed(key, value)) {
            result.insert(key, value);
        }
    }
    if result.get("content").is_none() {
        result.insert("content", Json::Array(Vec::new()));
    }
    if let Some(kind) = kind {
        result.insert("resultType", Json::from(kind));
    }
    if let Some(meta) = exact.remove("_meta").and_then(told) {
        result.insert("_meta", meta);
    }
    result
}

/// Only the newer era has them, and only who can be asked is asked.
fn questions(asked: Json) -> Object {
    let Json::Object(mut asked) = asked else {
        return nothing();
    };
    let mut result = Object::new();
    result.insert("resultType", Json::from("input_required"));
    for key in QUESTION_MEMBERS {
        if let Some(value) = asked.remove(key) {
            result.insert(key, value);
        }
    }
    if let Some(meta) = asked.remove("_meta").and_then(told) {
        result.insert("_meta", meta);
    }
    result
}

/// In place of what is no object.
fn nothing() -> Object {
    let said = [
        ("content", Json::Array(Vec::new())),
        ("isError", Json::from(true)),
    ];
    said.into_iter().collect()
}

/// What an agent is told in `_meta`, in either era.
fn told(meta: Json) -> Option<Json> {
    let Json::Object(mut meta) = meta else {
        return None;
    };
    let named = Reply::META.into_iter();
    let kept: Vec<_> = named
        .filter_map(|name| Some((name, meta.remove(name)?)))
        .collect();
    (!kept.is_empty()).then(|| Json::object(kept))
}

fn listing(typed: &ListToolsResult, tools: Json) -> Option<Object> {
    let frame = serde_json::to_string(typed).ok()?;
    let rules = aegis_core::limits::MESSAGE_RULES;
    let Ok(Json::Object(mut result)) = aegis_core::json::parse(frame.as_bytes(), &rules) else {
        return None;
    };
    result.insert("tools", tools);
    Some(result)
}
