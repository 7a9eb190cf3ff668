//! An answer that has met every obligation.
//! Knows nothing of what it was before.

use super::{Pairs, Reported};
use crate::json::Json;
use crate::receipt::Evidence;
use crate::round::Asked;

/// An answer that may leave; made by [`super::release()`] alone.
#[derive(Debug)]
#[must_use]
pub struct Egress {
    result: Json,
    findings: Vec<Reported>,
    minted: Pairs,
    masked_columns: u64,
    upstream_bytes: u64,
    rows: Option<u64>,
    bytes: u64,
    error: bool,
    evidence: Option<Evidence>,
    asking: Option<Asked>,
}

impl Egress {
    pub(super) fn new(
        result: Json,
        findings: Vec<Reported>,
        masked_columns: u64,
        upstream_bytes: u64,
        evidence: Option<Evidence>,
    ) -> Self {
        Self {
            result,
            findings,
            minted: Pairs::default(),
            masked_columns,
            upstream_bytes,
            rows: None,
            bytes: 0,
            error: false,
            evidence,
            asking: None,
        }
    }

    /// The downstream said that the tool failed.
    pub(super) fn failed(result: Json, upstream_bytes: u64) -> Self {
        Self {
            error: true,
            rows: Some(0),
            ..Self::new(result, Vec::new(), 0, upstream_bytes, None)
        }
    }

    /// Questions in place of an answer.
    pub(super) fn asking(mut self, asked: Asked) -> Self {
        self.asking = Some(asked);
        self
    }

    /// What is asked, where this is no answer but questions.
    #[must_use]
    pub fn asks(&self) -> Option<&Asked> {
        self.asking.as_ref()
    }

    /// Gives the state under which the answers come back: the kernel's own, never a downstream's.
    pub fn resumed_by(mut self, state: &str) -> Self {
        if let (Some(_), Json::Object(result)) = (&self.asking, &mut self.result) {
            result.insert("requestState", Json::from(state));
        }
        self
    }

    /// Says what of the downstream's answer leaves; of one that failed nothing does, its code is the kernel's own word.
    pub(super) fn measured(self, rows: Option<u64>, bytes: u64) -> Self {
        Self {
            rows,
            bytes,
            ..self
        }
    }

    pub(super) fn with_minted(mut self, minted: Pairs) -> Self {
        self.minted = minted;
        self
    }

    /// Takes the tokens of this answer that may one day be exchanged for their values.
    pub fn take_minted(&mut self) -> Pairs {
        std::mem::take(&mut self.minted)
    }

    /// The MCP result: `content`, `structuredContent`, `isError`.
    #[must_use]
    pub fn result(&self) -> &Json {
        &self.result
    }

    /// What the detectors masked: type, place as a shape, number.
    #[must_use]
    pub fn findings(&self) -> &[Reported] {
        &self.findings
    }

    /// How many output columns were masked by lineage.
    #[must_use]
    pub fn masked_columns(&self) -> u64 {
        self.masked_columns
    }

    /// Size of the downstream's answer, in bytes.
    #[must_use]
    pub fn upstream_bytes(&self) -> u64 {
        self.upstream_bytes
    }

    /// How many rows leave; `None` where they are not where the manifest says.
    #[must_use]
    pub fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// How many bytes leave.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the downstream said that the tool failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.error
    }

    /// What the kernel observed in the act, from which receipts may be minted.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    /// Adds the kernel's own statement to the structured content (a minted receipt), never a downstream's.
    pub fn with_statement(mut self, key: &str, statement: Json) -> Self {
        if let Json::Object(result) = &mut self.result {
            if let Some(Json::Object(structured)) = result.get_mut("structuredContent") {
                structured.insert(key, statement);
            }
            let text = result.get("structuredContent").map(ToString::to_string);
            if let Some(text) = text {
                let block =
                    Json::object([("type", Json::from("text")), ("text", Json::from(text))]);
                result.insert("content", Json::Array(vec![block]));
            }
        }
        self
    }
}
