//! An answer that is in the log.
//! Knows nothing of the wire.

use aegis_core::egress::Egress;
use aegis_core::json::{Json, Object};
use aegis_core::refusal::Refusal;

use super::entry::witness;
use aegis_verify::Anchor;

/// The member of `_meta` that names the record of an answer: `{log, seq, leaf}`, and in a signed log `checkpoint`: how many
/// records the newest signed checkpoint covered when the answer was made.
pub const RECEIPT: &str = "aegis/receipt";

/// What the agent is told; made by [`super::Entry::close`] alone.
#[derive(Debug)]
#[must_use]
pub struct Reply {
    result: Json,
    asks: bool,
}

impl Reply {
    /// The members of `_meta` that reach an agent; whatever else stands there ends at the kernel.
    pub const META: [&'static str; 1] = [RECEIPT];

    pub(in crate::journal) fn new(
        outcome: Result<Egress, Refusal>,
        recorded: Option<Anchor>,
        signed: u64,
    ) -> Self {
        let asks = outcome.as_ref().is_ok_and(|egress| egress.asks().is_some());
        let mut result = match outcome {
            Ok(egress) => egress.result().clone(),
            Err(Refusal::Denied(denial) | Refusal::Withheld(denial)) => {
                tool_error(denial.to_json())
            }
            Err(Refusal::Failed(failure)) => tool_error(failure.to_json()),
        };
        if let (Json::Object(result), Some(anchor)) = (&mut result, recorded) {
            attach(result, &anchor, signed);
        }
        Self { result, asks }
    }

    /// Whether it is no answer but questions: an `InputRequiredResult`.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.asks
    }

    /// The MCP `CallToolResult`: `content`, `structuredContent`, `isError`, and `_meta` with the record's
    /// [`RECEIPT`].
    #[must_use]
    pub fn into_result(self) -> Json {
        self.result
    }
}

/// In place of any `_meta` that is there, never beside it: what stands under the kernel's name is the kernel's.
fn attach(result: &mut Object, anchor: &Anchor, signed: u64) {
    result.insert("_meta", Json::object([(RECEIPT, witness(anchor, signed))]));
}

fn tool_error(structured: Json) -> Json {
    let text = Json::object([
        ("type", Json::from("text")),
        ("text", Json::from(structured.to_string())),
    ]);
    Json::object([
        ("content", Json::Array(vec![text])),
        ("structuredContent", structured),
        ("isError", Json::from(true)),
    ])
}
