//! The log, its checkpoints, proofs and captures.
//! Knows nothing of what is recorded.

use super::ARGUMENT_BYTES_MAX;

/// Longest line of the log, in bytes (C2SP tlog-tiles entries are uint16-prefixed).
pub const RECORD_BYTES_MAX: usize = 65_535;
/// Longest value of a member whose bytes a reader of lines keeps, to know it again in the next line.
pub const RECORD_KNOWN_BYTES_MAX: usize = 1024;
/// Longest text that is captured of one call, in bytes: its arguments, and names that were read out of them.
pub const CAPTURE_TEXT_BYTES_MAX: usize = 4 * ARGUMENT_BYTES_MAX;
/// Longest line of a file of captures, in bytes: such a text in base64, with what stands before it.
pub const CAPTURE_LINE_BYTES_MAX: usize = 2 * CAPTURE_TEXT_BYTES_MAX;
/// Calls whose captures wait to be written together.
pub const CAPTURE_BATCH_MAX: usize = 64;
/// Longest name that a record quotes, in bytes.
pub const SUBJECT_BYTES_MAX: usize = 128;
/// Calls whose intent is recorded and whose end is not: what a writer admits and a verifier remembers.
pub const OPEN_CALLS_MAX: usize = 1_024;
/// Earlier policies that a run is still judged by: one that has seen more of them has to begin anew.
pub const RUN_EPOCHS_MAX: usize = 15;
/// Policy epochs that intents may still refer to after newer ones were loaded.
pub const OPEN_EPOCHS_MAX: usize = 16;
/// Catalogues that decisions may still refer to after newer ones were read: more than calls can be in flight.
pub const OPEN_CATALOGS_MAX: usize = 2_048;
/// Bytes of one file of the log before the next one begins.
pub const SEGMENT_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Tombstones whose authorising record was not read yet: what a verifier remembers.
pub const TOMBSTONES_PENDING_MAX: usize = 65_536;
/// Age of one file of the log, in seconds, at which the next one begins.
pub const SEGMENT_AGE_MAX_S: u64 = 24 * 60 * 60;
/// Bytes from which a file of the log is sealed when the kernel ends.
pub const SEGMENT_CLOSE_BYTES_MIN: u64 = 1024 * 1024;
/// How long a kernel whose log failed still answers, in milliseconds: with refusals alone.
pub const LOG_FAILED_GRACE_MS: u64 = 1_000;
/// Bytes kept back on the log's disk: a batch and the ends of all calls in flight fit many times.
pub const BALLAST_BYTES: u64 = 4 * 1024 * 1024;
/// Longest signed note, in bytes: a checkpoint with its signatures, a certificate.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
/// Most hashes of one proof that a witness is sent (C2SP tlog-witness).
pub const CONSISTENCY_LINES_MAX: usize = 63;
/// Connections that a witness holds at once; beyond, it lets go of the newest.
pub const WITNESS_CONNECTIONS_MAX: usize = 32;
/// Requests on one connection of a witness.
pub const WITNESS_REQUESTS_MAX: usize = 100;
/// Seconds within which a witness, or one who asks it, must have sent a message.
pub const WITNESS_MESSAGE_S: u64 = 10;
/// Bytes before the body of a request.
pub const WITNESS_HEAD_BYTES_MAX: usize = 8 * 1024;
/// Bytes of a request's body: a note, and a line for each hash of its proof.
pub const WITNESS_BODY_BYTES_MAX: usize = NOTE_BYTES_MAX + 4 * 1024;
/// Bytes of a witness' list of logs.
pub const WITNESS_LOGS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most signatures of one note (C2SP signed-note wants at least 16).
pub const NOTE_SIGNATURES_MAX: usize = 64;
/// Longest name of a key, in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 256;
/// The latest time that a cosignature may state, in seconds since 1970 (C2SP tlog-cosignature: 2^63-1).
pub const COSIGNATURE_TIME_MAX: u64 = (1 << 63) - 1;
/// Longest receipt of an anchor, in bytes: a time stamp with its chain of certificates.
pub const ANCHOR_RECEIPT_BYTES_MAX: usize = 64 * 1024;
/// Pauses before an anchor that failed is tried again, in milliseconds: each is twice the one before.
pub const ANCHOR_PAUSE_MS_MIN: u64 = 1_000;
/// The longest of them.
pub const ANCHOR_PAUSE_MS_MAX: u64 = 60_000;
/// How long an anchor may take for the last checkpoint of a log that is being closed, in milliseconds.
pub const ANCHOR_CLOSE_MS: u64 = 5_000;
/// Most hashes of one proof: a tree of 2^63 leaves needs no more.
pub const PROOF_HASHES_MAX: usize = 63;
/// Longest proof file, in bytes: a record, a disclosed value, certificates and a checkpoint, in base64.
pub const PROOF_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Most values that one proof opens.
pub const PROOF_VALUES_MAX: usize = 64;
/// Longest text that an operator gives a record of upkeep: a reason, an approver, in bytes.
pub const REASON_BYTES_MAX: usize = 512;
