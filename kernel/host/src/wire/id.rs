//! A JSON-RPC request id: a short string or an integer.
//! Knows nothing of who gave it.

use aegis_core::json::{Json, Number};
use aegis_core::limits::ID_BYTES_MAX;

/// A request id. MCP narrows JSON-RPC: never null, never a fraction.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Id {
    /// An integer.
    Number(i64),
    /// A string of at most [`ID_BYTES_MAX`] bytes.
    Text(String),
}

impl Id {
    /// Reads an id strictly: `1.0`, `1e0`, `-0` and integers beyond 64 bits are none.
    #[must_use]
    pub fn from_json(value: &Json) -> Option<Self> {
        match value {
            Json::Number(number) => {
                // The lexeme must be the number's only spelling, so that two ids are equal
                // exactly where their texts are.
                let id = number.as_i64()?;
                (Number::from(id) == *number).then_some(Self::Number(id))
            }
            Json::String(text) if text.len() <= ID_BYTES_MAX => Some(Self::Text(text.clone())),
            _ => None,
        }
    }

    /// The id as it travels.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Number(id) => Json::from(*id),
            Self::Text(text) => Json::from(text.as_str()),
        }
    }
}
