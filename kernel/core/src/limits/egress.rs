//! What is looked through before it leaves, and held for it.
//! Knows nothing of masks.

/// Deepest nesting of encodings (base64 in hex in JSON in a string …) that egress unwraps.
pub const DECODE_DEPTH_MAX: usize = 6;
/// Bytes that unwrapping may produce whatever the size of the result.
pub const DECODE_BYTES_FREE: usize = 64 * 1024;
/// Bytes that unwrapping may produce for each byte of the result.
pub const DECODE_FACTOR_MAX: usize = 8;
/// Bytes that unwrapping one result may produce at most.
pub const DECODE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Tokens of one answer whose values are held beside it.
pub const PAIRS_MAX: usize = 16 * 1024;
/// Tokens whose values are held in memory, for all agents of one kernel.
pub const VAULT_TOKENS_MAX: usize = 64 * 1024;
/// Bytes of those tokens and values.
pub const VAULT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest value that is held for its token, in bytes.
pub const VAULT_VALUE_BYTES_MAX: usize = 4 * 1024;
/// Most tokens that one call exchanges for their values.
pub const RESTORATIONS_MAX: usize = 64;
/// Most values that one scope sends in place of tokens: each is looked for in every later answer.
pub const RESTORED_VALUES_MAX: usize = 256;
/// Different texts of one answer that an external analyser is asked about.
pub const ANALYSER_TEXTS_MAX: usize = 512;
/// Bytes of those texts.
pub const ANALYSER_BYTES_MAX: usize = 1024 * 1024;
/// Largest answer of an analyser about one text, in bytes.
pub const ANALYSER_ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Most findings of such an answer.
pub const ANALYSER_FINDINGS_MAX: usize = 4_096;
/// Connections to an analyser at any time, for all calls together.
pub const ANALYSER_CONNECTIONS_MAX: usize = 8;
/// Default time that an analyser has for all texts of one answer, in milliseconds.
pub const ANALYSER_TIMEOUT_MS: u64 = 5_000;
/// Longest time that a configuration may give it, in milliseconds.
pub const ANALYSER_TIMEOUT_MS_MAX: u64 = 120_000;
/// Most names of types that a configuration lists for an analyser.
pub const ANALYSER_TYPES_MAX: usize = 256;
/// Most fields that the rules of a policy drop or rename: each record of an answer that owes it names them.
pub const FIELDS_MAX: usize = 128;
/// Most detectors that one profile adds.
pub const OWN_DETECTORS_MAX: usize = 16;
