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
/// Longest name that a record quotes, in bytes.
pub const SUBJECT_BYTES_MAX: usize = 128;
/// Calls whose intent is recorded and whose end is not: what a writer admits and a verifier remembers.
pub const OPEN_CALLS_MAX: usize = 1_024;
/// Policy epochs that intents may still refer to after newer ones were loaded.
pub const OPEN_EPOCHS_MAX: usize = 16;
/// Bytes of one file of the log before the next one begins.
pub const SEGMENT_BYTES_MAX: u64 = 256 * 1024 * 1024;
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
