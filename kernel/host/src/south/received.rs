//! What one line of a child is, by its shape alone.
//! Knows nothing of what was asked.

use aegis_core::json::{Json, Object};

use super::exchange::Answer;
use crate::wire::Id;

/// One message of a child.
#[derive(Debug)]
pub(super) enum Received {
    /// It asks something of us. Its id is its own affair and goes back as it came.
    Request { id: Json, method: String },
    /// It tells something.
    Notification { method: String, params: Object },
    /// It answers. The id is one of ours only if it is an integer, as all of ours are.
    Answer { id: Option<i64>, answer: Answer },
}

/// Reads the envelope strictly; `None` where it is not exactly one of the three. Batches are none.
pub(super) fn classify(json: Json) -> Option<Received> {
    let Json::Object(mut message) = json else {
        return None;
    };
    if message.remove("jsonrpc")?.as_str() != Some("2.0") {
        return None;
    }
    let id = message.remove("id");
    match message.remove("method") {
        Some(Json::String(method)) if !has_answer(&message) => match id {
            None => {
                let params = match message.remove("params") {
                    Some(Json::Object(params)) => params,
                    _ => Object::new(),
                };
                Some(Received::Notification { method, params })
            }
            Some(id) => Id::from_json(&id).map(|id| Received::Request {
                id: id.to_json(),
                method,
            }),
        },
        Some(_) => None,
        None => {
            let answer = match (message.remove("result"), message.remove("error")) {
                (Some(result), None) => Answer::Result(result),
                (None, Some(error)) => Answer::Error(error),
                _ => return None,
            };
            let id = match id.as_ref().and_then(Id::from_json) {
                Some(Id::Number(id)) => Some(id),
                _ => None,
            };
            Some(Received::Answer { id, answer })
        }
    }
}

fn has_answer(message: &Object) -> bool {
    message.get("result").is_some() || message.get("error").is_some()
}
