//! What downstreams may send, and how long they are waited for.
//! Knows nothing of who they are.

use super::JSON_DEPTH_MAX;
use crate::json::{BYTES_OF_A_VALUE, JsonRules};

/// Calls that one downstream carries out or that wait for room there.
pub const SERVER_CALLS_MAX: usize = 64;
/// Calls that wait for a place among these, while the downstream gets on.
pub const SERVER_OUTSIDE_MAX: usize = 256;
/// For how long none of its calls may have begun or ended while others wait for a place, in milliseconds; at the most
/// half the time that it has to answer.
pub const SERVER_STILL_MS: u64 = 10_000;
/// Calls that one downstream carries out at once, unless the configuration says otherwise.
pub const SERVER_CALLS: usize = 32;
/// Largest response that a downstream may give, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Smallest such bound that a configuration may set.
pub const RESPONSE_BYTES_MIN: usize = 1024;
/// How long an answer is waited for once the agent has cancelled and the downstream was told, in milliseconds.
pub const CANCEL_GRACE_MS: u64 = 2_000;
/// Default time that a downstream has to answer, in milliseconds.
pub const CALL_TIMEOUT_MS: u64 = 30_000;
/// Longest time that a configuration may give a downstream to answer, in milliseconds.
pub const CALL_TIMEOUT_MS_MAX: u64 = 3_600_000;
/// Longest time that a downstream has to start and to introduce itself, in milliseconds: more than
/// the ten seconds after which an old server that ignores `server/discover` is asked to `initialize`.
pub const INITIALISE_MS_MAX: u64 = 20_000;
/// Longest time that a server has to introduce itself for a draft, in milliseconds: it may have to be fetched first.
pub const PROBE_MS_MAX: u64 = 120_000;
/// Time that a child has to end by itself once its input is closed, and again once it is told to, in
/// milliseconds.
pub const CHILD_GRACE_MS: u64 = 500;
/// Most paths, and most ports, of each sort that a sandbox lets a downstream reach.
pub const REACH_MAX: usize = 64;
/// How much of the end of a child's standard error is kept, in bytes.
pub const STDERR_BYTES_MAX: usize = 16 * 1024;
/// Bytes that a child may write there before its next ones have to wait …
pub const STDERR_BURST_BYTES: usize = 1024 * 1024;
/// … for so long, in milliseconds.
pub const STDERR_PAUSE_MS: u64 = 50;
/// Longest time from one call of a queue to the next, in milliseconds, and longest that chance adds: an hour.
pub const QUEUE_DELAY_MS_MAX: u64 = 3_600_000;
/// Most calls that wait in one queue: fewer than calls can be in flight.
pub const QUEUE_PENDING_MAX: u64 = 512;
/// Requests to one downstream over HTTP that are at work at once; beyond, they wait.
pub const SOUTH_CONNECTIONS_MAX: usize = 64;
/// How long it may take to reach a server, its certificate included, in milliseconds.
pub const CONNECT_MS: u64 = 5_000;
/// How long it may take a server to accept what it is merely told, in milliseconds.
pub const NOTIFY_MS: u64 = 5_000;
/// Longest id of a session that a server may give, in bytes.
pub const SESSION_ID_BYTES_MAX: usize = 1_024;
/// Bytes of one stream of events that say nothing: comments, ids, events of other kinds. Also the longest body
/// beside a status that is no success.
pub const SSE_NOISE_BYTES_MAX: usize = 1024 * 1024;
/// For how long the list of tools counts of a server that cannot say that it has changed, in milliseconds.
pub const TOOLS_FRESH_MS: u64 = 60_000;
/// Lines that wait for a child to read them.
pub const SOUTH_QUEUE_MAX: usize = 64;
/// Notifications that a child may send before its next line has to wait.
pub const NOTIFICATIONS_BURST: u32 = 1_000;
/// How long the next line waits then, in milliseconds.
pub const NOTIFICATIONS_PAUSE_MS: u64 = 200;
/// Longest number that is taken for progress, in bytes.
pub const PROGRESS_NUMBER_BYTES_MAX: usize = 32;
/// Longest message beside it, in bytes; a longer one is left out.
pub const PROGRESS_MESSAGE_BYTES_MAX: usize = 1_024;
/// Notifications of progress that one call passes on at once …
pub const PROGRESS_BURST: u64 = 64;
/// … then one in so many milliseconds …
pub const PROGRESS_PAUSE_MS: u64 = 50;
/// … and so many at most.
pub const PROGRESS_COUNT_MAX: u64 = 4_096;
/// Notifications of one call that wait to be passed on, on either side.
pub const PROGRESS_QUEUE_MAX: usize = 64;
/// Questions that a downstream may ask in one round of a call.
pub const ROUND_QUESTIONS_MAX: usize = 8;
/// Fields of one question.
pub const ROUND_FIELDS_MAX: usize = 32;
/// Longest text of a question, in bytes.
pub const ROUND_MESSAGE_BYTES_MAX: usize = 4 * 1024;
/// Longest state that a downstream may have kept for it between two rounds, in bytes.
pub const ROUND_STATE_BYTES_MAX: usize = 64 * 1024;
/// Rounds of one call.
pub const ROUNDS_MAX: u32 = 8;
/// How long an answer to a question is waited for, in milliseconds.
pub const ROUND_TTL_MS: u64 = 600_000;
/// Calls of one principal whose questions wait for their answers; beyond, the oldest goes.
pub const ROUNDS_OPEN_MAX: usize = 64;
/// Answers to nothing that was asked before a child is given up.
pub const STRAY_ANSWERS_MAX: u32 = 3;
/// Calls in a row that a child leaves unanswered before it is given up.
pub const TIMEOUTS_IN_A_ROW_MAX: u32 = 3;
/// Calls given up whose late answer is still expected, so that it is no stray.
pub const ABANDONED_CALLS_MAX: usize = 256;
/// Pages of one downstream's `tools/list`.
pub const TOOL_PAGES_MAX: usize = 32;
/// What all definitions of one downstream's tools may hold, in bytes.
pub const DEFINITIONS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a downstream that says without end that its tools have changed is left alone between two looks, in
/// milliseconds.
pub const LOOK_PAUSE_MS: u64 = 500;
/// How long a listing waits for downstreams that have announced other tools, in milliseconds.
pub const LOOK_MS_MAX: u64 = 2_000;
/// Places of one output schema: schemas within it.
pub const SCHEMA_PLACES_MAX: usize = 4_096;
/// Schemas within each other.
pub const SCHEMA_DEPTH_MAX: usize = 64;
/// Places that lead to each other while one value is judged, references included.
pub const SCHEMA_NESTING_MAX: usize = 256;
/// Steps that judging one value by a schema may take.
pub const SCHEMA_STEPS_MAX: usize = 4_000_000;
/// Tools of one downstream.
pub const TOOLS_MAX: usize = 1_024;
/// Lives of a child in a row that answer nothing before its circuit opens: then it is left alone for a time.
pub const CIRCUIT_FAILURES: u32 = 2;
/// First such time, in milliseconds; it doubles.
pub const RESTART_PAUSE_MS_MIN: u64 = 100;
/// Longest such time, in milliseconds.
pub const RESTART_PAUSE_MS_MAX: u64 = 30_000;
/// How a downstream's answer is read: its data may hold keys that differ in case alone.
pub const RESPONSE_RULES: JsonRules = JsonRules {
    bytes_max: RESPONSE_BYTES_MAX,
    depth_max: JSON_DEPTH_MAX,
    values_max: RESPONSE_BYTES_MAX / BYTES_OF_A_VALUE,
    case_variants: true,
    nul: true,
};
/// How one line of many values is read: the list that they make is one level more.
pub const LINE_RULES: JsonRules = JsonRules {
    depth_max: JSON_DEPTH_MAX - 1,
    ..RESPONSE_RULES
};
