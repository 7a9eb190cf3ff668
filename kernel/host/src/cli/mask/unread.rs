//! Why a JSON input is not read, in words: what is wrong, at which byte of the input, and what to do instead.
//! Knows nothing of what the input holds.

use aegis_core::json::JsonFault;
use aegis_core::limits::RESPONSE_RULES;

/// What else can be done with any text.
const AS_TEXT: &str = "or mask it as running text with `--format text`";

/// A fault in a part that begins at this byte of the input, but for so many bytes that were put before it.
pub(super) fn unread(fault: JsonFault, at: u64, before: usize) -> String {
    let place = |offset: usize| {
        let offset = u64::try_from(offset.saturating_sub(before)).unwrap_or(0);
        format!("byte {}", at.saturating_add(offset))
    };
    let (what, instead) = match fault {
        JsonFault::TooLong => (
            format!(
                "holds a value longer than {} bytes",
                RESPONSE_RULES.bytes_max
            ),
            "split it, or give a list of values or one value a line",
        ),
        JsonFault::NotUtf8(offset) => (
            format!("is not UTF-8 at {}", place(offset)),
            "give it in UTF-8",
        ),
        JsonFault::Syntax(offset) => (format!("is not JSON at {}", place(offset)), "mend it there"),
        JsonFault::TooDeep(offset) => (
            format!(
                "is nested deeper than {} levels at {}",
                RESPONSE_RULES.depth_max,
                place(offset)
            ),
            "make it flatter",
        ),
        JsonFault::TooMany(offset) => (
            format!(
                "holds more than {} values at {}",
                RESPONSE_RULES.values_max,
                place(offset)
            ),
            "split it, or give one value a line with `--format jsonl`",
        ),
        JsonFault::DuplicateKey(offset) => (
            format!(
                "has a key for the second time in one object at {}",
                place(offset)
            ),
            "leave one of the two: which of them counts, readers do not agree on",
        ),
        JsonFault::CaseVariantKey(offset) => (
            format!(
                "has two keys in one object that differ in case alone, the second at {}",
                place(offset)
            ),
            "leave one of the two",
        ),
        JsonFault::LoneSurrogate(offset) => (
            format!("has half of a surrogate pair at {}", place(offset)),
            "write both halves or neither",
        ),
        JsonFault::Nul(offset) => (
            format!("has a NUL in a string at {}", place(offset)),
            "take it out",
        ),
        JsonFault::Trailing(offset) => (
            format!("goes on after its value at {}", place(offset)),
            "where each line holds a value, give `--format jsonl`",
        ),
    };
    format!("the input {what}; {instead}, {AS_TEXT}")
}
