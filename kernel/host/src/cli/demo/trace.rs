//! The recorded form of a run: whole where it is short, cut where a text is long.
//! Knows nothing of what a run means.

use serde_json::{Map, Value};

/// Longest text that is kept whole, in characters.
const TEXT_MAX: usize = 240;

/// A value with its long texts cut and said to be cut. The text block beside a structure goes: it says
/// the same.
pub(super) fn shortened(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > TEXT_MAX => {
            let kept: String = text.chars().take(TEXT_MAX / 2).collect();
            Value::String(format!("{kept} … ({} bytes)", text.len()))
        }
        Value::Array(items) => Value::Array(items.iter().map(shortened).collect()),
        Value::Object(members) => {
            let twice = members.contains_key("structuredContent");
            let kept = members
                .iter()
                .filter(|(key, _)| !(twice && key.as_str() == "content"));
            kept.map(|(key, value)| (key.clone(), shortened(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        other => other.clone(),
    }
}
