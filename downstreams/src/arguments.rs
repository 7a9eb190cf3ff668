//! Strict reading of a call's arguments: right type, nothing unknown.
//! Knows nothing of what they mean.

use rmcp::model::JsonObject;
use serde_json::Value;

/// An argument is missing, of the wrong type, or unknown. Holds no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadArgument;

/// The arguments that have not been read yet.
pub(crate) struct Arguments(JsonObject);

impl Arguments {
    /// Those of a call; none is the same as an empty object.
    pub(crate) fn new(arguments: Option<JsonObject>) -> Self {
        Self(arguments.unwrap_or_default())
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, BadArgument> {
        self.text_if_any(name)?.ok_or(BadArgument)
    }

    /// A text that may be absent; `null` is not absence.
    pub(crate) fn text_if_any(&mut self, name: &str) -> Result<Option<String>, BadArgument> {
        match self.0.shift_remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(BadArgument),
        }
    }

    /// A count that may be absent.
    pub(crate) fn count_if_any(&mut self, name: &str) -> Result<Option<u64>, BadArgument> {
        match self.0.shift_remove(name) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or(BadArgument),
        }
    }

    /// A list that may be absent; absent is empty.
    pub(crate) fn list_if_any(&mut self, name: &str) -> Result<Vec<Value>, BadArgument> {
        match self.0.shift_remove(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(BadArgument),
        }
    }

    /// Refuses what nobody asked for.
    pub(crate) fn finish(self) -> Result<(), BadArgument> {
        self.0.is_empty().then_some(()).ok_or(BadArgument)
    }
}
