//! The JSON-RPC envelope, read strictly: a request, a notification, or neither.
//! Knows nothing of what verbs mean.

use aegis_core::json::{Json, Object};

use super::refused::{INVALID_REQUEST, Refused};
use crate::wire::Id;

/// A well-formed message of the agent. Responses are not among them: the kernel asks the agent nothing.
#[derive(Debug)]
pub(super) enum Message {
    /// Wants an answer.
    Request {
        id: Id,
        method: String,
        params: Object,
    },
    /// Wants none.
    Notification { method: String, params: Object },
}

impl Message {
    /// Reads one frame.
    ///
    /// # Errors
    /// Where it is no JSON-RPC 2.0 request or notification, or holds anything beside.
    pub(super) fn read(frame: Json) -> Result<Self, Refused> {
        let mut envelope = match frame {
            Json::Object(object) => object,
            Json::Array(_) => return Err(invalid("wire.batch", None, "batches are not read")),
            _ => {
                return Err(invalid(
                    "wire.not-an-object",
                    None,
                    "the message is no object",
                ));
            }
        };
        let answers = envelope.get("result").is_some() || envelope.get("error").is_some();
        if answers && envelope.get("method").is_none() {
            return Err(Refused::silently("wire.unmatched-response"));
        }
        let id = read_id(&envelope)?;
        check(&envelope, id.as_ref())?;
        let Some(Json::String(method)) = envelope.remove("method") else {
            return Err(invalid("wire.bad-method", id, "`method` must be a string"));
        };
        let params = match envelope.remove("params") {
            None => Object::new(),
            Some(Json::Object(params)) => params,
            // A notification is never answered (JSON-RPC 2.0 §4.1).
            Some(_) if id.is_none() => return Err(Refused::silently("wire.bad-params")),
            Some(_) => return Err(invalid("wire.bad-params", id, "`params` must be an object")),
        };
        Ok(match id {
            Some(id) => Self::Request { id, method, params },
            None => Self::Notification { method, params },
        })
    }
}

fn read_id(envelope: &Object) -> Result<Option<Id>, Refused> {
    match envelope.get("id") {
        None => Ok(None),
        Some(id) => Id::from_json(id).map(Some).ok_or_else(|| {
            invalid(
                "wire.bad-id",
                None,
                "`id` must be a short string or an integer of 64 bits",
            )
        }),
    }
}

fn check(envelope: &Object, id: Option<&Id>) -> Result<(), Refused> {
    let known = |key: &str| matches!(key, "jsonrpc" | "id" | "method" | "params");
    if envelope.get("jsonrpc").and_then(Json::as_str) != Some("2.0") {
        return Err(invalid(
            "wire.bad-version",
            id.cloned(),
            "`jsonrpc` must be \"2.0\"",
        ));
    }
    if !envelope.keys().all(known) {
        return Err(invalid(
            "wire.unknown-member",
            id.cloned(),
            "the message holds a member that JSON-RPC does not know",
        ));
    }
    Ok(())
}

fn invalid(code: &'static str, id: Option<Id>, message: &'static str) -> Refused {
    Refused::answered(code, id, INVALID_REQUEST, message)
}
