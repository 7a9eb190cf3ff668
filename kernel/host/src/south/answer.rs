//! What a downstream answered, as a tool result that may be sealed.
//! Knows nothing of who asked.

use aegis_core::json::{Json, Object};
use aegis_core::manifest::Tool;
use aegis_core::refusal::{Failure, FailureCode, Sent};

use super::exchange::Answer;

/// What a call has come to: a result, or questions in its place.
pub(super) enum Reached {
    Result(Json),
    Questions(Json),
}

/// As [`result`], where questions may be asked.
pub(super) fn reached(answer: Answer) -> Result<Reached, Failure> {
    match answer {
        Answer::Result(asked)
            if asked.get("resultType").and_then(Json::as_str) == Some("input_required") =>
        {
            Ok(Reached::Questions(asked))
        }
        answer => result(answer).map(Reached::Result),
    }
}

/// The result of a call that was answered. An error in JSON-RPC's sense is an answer too: the
/// downstream says that it did not do it. Anything but a complete result (input required, a task) is
/// nothing that this side asked for.
pub(super) fn result(answer: Answer) -> Result<Json, Failure> {
    let unreadable = Failure {
        sent: Sent::Maybe,
        code: FailureCode::Unreadable,
    };
    match answer {
        Answer::Result(result) => {
            let kind = result.get("resultType").map(Json::as_str);
            let complete = matches!(kind, None | Some(Some("complete")));
            if is_lost(&result) {
                return Err(Failure {
                    sent: Sent::Maybe,
                    code: FailureCode::Crashed,
                });
            }
            (complete && is_tool_result(&result))
                .then_some(result)
                .ok_or(unreadable)
        }
        // What is no error object says neither that it was done nor that it was not.
        Answer::Error(error) if error.as_object().is_none() => Err(unreadable),
        Answer::Error(error) => {
            let text = error
                .get("message")
                .and_then(Json::as_str)
                .unwrap_or_default();
            let block = Json::object([("type", Json::from("text")), ("text", Json::from(text))]);
            Ok(Json::object([
                ("content", Json::Array(vec![block])),
                ("isError", Json::from(true)),
            ]))
        }
    }
}

/// Whether this says what a tool has to say: a list of content, or without one a structure, and a failure as such. Nothing else
/// is taken for a success.
fn is_tool_result(result: &Json) -> bool {
    let failed = result.get("isError");
    let content = result.get("content");
    let structure = result.get("structuredContent");
    failed.is_none_or(|failed| failed.as_bool().is_some())
        && content.map_or(structure.is_some(), |content| content.as_array().is_some())
}

/// Whether a downstream says that what stands behind it went away in the middle of the call.
fn is_lost(result: &Json) -> bool {
    let failed = result.get("isError").and_then(Json::as_bool) == Some(true);
    let content = result.get("structuredContent");
    let code = content.and_then(|content| content.get("code"));
    failed && code.and_then(Json::as_str) == Some("connection-lost")
}

/// Keeps of a result what a tool has to say, and drops what travels beside it (`_meta`, cache hints,
/// fields of later protocols). A result without the declared sign of success is an error.
pub(super) fn finish(raw: Json, tool: Option<&Tool>) -> Json {
    let success = tool.and_then(|tool| tool.success.as_ref());
    let succeeded = success.is_none_or(|(place, value)| raw.at(place) == Some(value));
    let Json::Object(mut raw) = raw else {
        return raw;
    };
    let mut kept = Object::new();
    for key in ["content", "structuredContent", "isError"] {
        if let Some(value) = raw.remove(key) {
            kept.insert(key, value);
        }
    }
    if !succeeded {
        kept.insert("isError", Json::from(true));
    }
    Json::Object(kept)
}
