//! Every bound of the kernel in one place.
//! Knows nothing of who applies them.

use crate::json::JsonRules;

/// Longest line that the wire reads in either direction, in bytes.
pub const LINE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Deepest nesting of any message.
pub const JSON_DEPTH_MAX: usize = 64;
/// Largest arguments object of one call, in bytes.
pub const ARGUMENT_BYTES_MAX: usize = 256 * 1024;
/// Deepest nesting of arguments.
pub const ARGUMENT_DEPTH_MAX: usize = 32;
/// Longest tool, server or argument name, in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// Longest SQL text, in bytes (`reference`: flat chains overflow recursive visitors).
pub const SQL_BYTES_MAX: usize = 16 * 1024;
/// Most tokens of one SQL text.
pub const SQL_TOKENS_MAX: usize = 4_000;
/// Deepest nesting that the SQL parser follows.
pub const SQL_DEPTH_MAX: usize = 50;
/// Deepest nesting of SQL comments.
pub const SQL_COMMENT_DEPTH_MAX: usize = 8;
/// Longest object key or path, in bytes.
pub const PATH_BYTES_MAX: usize = 1_024;
/// Calls in flight on one connection.
pub const IN_FLIGHT_CALLS_MAX: usize = 64;
/// Bytes of requests in flight on one connection.
pub const IN_FLIGHT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Largest response that a downstream may give, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Longest line of the log, in bytes (C2SP tlog-tiles entries are uint16-prefixed).
pub const RECORD_BYTES_MAX: usize = 65_535;
/// Deepest nesting of encodings (base64 in hex in JSON in a string …) that egress unwraps.
pub const DECODE_DEPTH_MAX: usize = 6;
/// Bytes that unwrapping may produce whatever the size of the result.
pub const DECODE_BYTES_FREE: usize = 64 * 1024;
/// Bytes that unwrapping may produce for each byte of the result.
pub const DECODE_FACTOR_MAX: usize = 8;
/// Bytes that unwrapping one result may produce at most.
pub const DECODE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest dataset that the kernel reads for validation, in bytes.
pub const DATASET_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Default time that a downstream has to answer, in milliseconds.
pub const CALL_TIMEOUT_MS: u64 = 30_000;
/// Default lifetime of a receipt, in seconds.
pub const RECEIPT_TTL_S: u64 = 86_400;

/// How arguments and protocol messages are read.
pub const MESSAGE_RULES: JsonRules = JsonRules {
    bytes_max: LINE_BYTES_MAX,
    depth_max: JSON_DEPTH_MAX,
    case_variants: false,
    nul: false,
};

/// How a downstream's answer is read: its data may hold keys that differ in case alone.
pub const RESPONSE_RULES: JsonRules = JsonRules {
    bytes_max: RESPONSE_BYTES_MAX,
    depth_max: JSON_DEPTH_MAX,
    case_variants: true,
    nul: true,
};
