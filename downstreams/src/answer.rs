//! How a tool's outcome becomes an MCP result: structured content and the same JSON as text.
//! Knows nothing of what the tools do.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

use crate::bounds::TEXT_BLOCK_BYTES_MAX;

/// One of a closed set of error codes. The message is constant per code: an engine's own text can
/// quote data, e.g. `malformed JSON near …`.
pub(crate) trait Code: Copy {
    /// The code as the client reads it.
    fn as_str(self) -> &'static str;
    /// The same in a sentence.
    fn message(self) -> &'static str;
}

/// A success. The text block repeats the JSON up to a bound; beyond it, it says where to look.
pub(crate) fn done(value: Value) -> CallToolResult {
    let mut text = value.to_string();
    if text.len() > TEXT_BLOCK_BYTES_MAX {
        text = json!({ "see": "structuredContent", "bytes": text.len() }).to_string();
    }
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    result.structured_content = Some(value);
    result
}

/// A failure: `{"code", "message"}` and, where a count helps, one number more.
pub(crate) fn failed(code: impl Code, count: Option<(&str, u64)>) -> CallToolResult {
    let mut value = json!({ "code": code.as_str(), "message": code.message() });
    if let (Some((name, count)), Some(object)) = (count, value.as_object_mut()) {
        object.insert(name.to_owned(), count.into());
    }
    let mut result = CallToolResult::error(vec![ContentBlock::text(value.to_string())]);
    result.structured_content = Some(value);
    result
}
