//! What agents may send, and how much of it at once.
//! Knows nothing of how it is read.

use crate::json::JsonRules;

/// Longest line that the wire reads in either direction, in bytes.
pub const LINE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Values of one message of an agent: more than the largest arguments hold.
pub const MESSAGE_VALUES_MAX: usize = ARGUMENT_BYTES_MAX;
/// Deepest nesting of any message.
pub const JSON_DEPTH_MAX: usize = 64;
/// Largest arguments object of one call, in bytes.
pub const ARGUMENT_BYTES_MAX: usize = 256 * 1024;
/// Deepest nesting of arguments.
pub const ARGUMENT_DEPTH_MAX: usize = 32;
/// Longest tool, server or argument name, in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// Longest object key or path, in bytes.
pub const PATH_BYTES_MAX: usize = 1_024;
/// Longest request id, in bytes.
pub const ID_BYTES_MAX: usize = 128;
/// Calls in flight on one connection: more than one downstream may have, so that one that hangs never takes all places.
pub const IN_FLIGHT_CALLS_MAX: usize = 96;
/// Bytes of requests in flight on one connection: as many as the longest has. Each of them is held a few times
/// over while its call runs.
pub const IN_FLIGHT_BYTES_MAX: usize = LINE_BYTES_MAX;
/// Where agents are listened for over HTTP, on the loopback, unless the configuration says otherwise.
pub const HTTP_PORT: u16 = 8931;
/// Connections over HTTP at any time, of all principals together.
pub const HTTP_CONNECTIONS_MAX: usize = 256;
/// Sessions of one principal over HTTP; beyond, the one ends that was idle for longest.
pub const HTTP_SESSIONS_MAX: usize = 64;
/// Principals that may speak over HTTP.
pub const HTTP_PRINCIPALS_MAX: usize = 256;
/// Tokens of one of them.
pub const HTTP_TOKENS_MAX: usize = 16;
/// Bytes before the body of a request of an agent.
pub const HTTP_HEAD_BYTES_MAX: usize = 64 * 1024;
/// Headers of one such request.
pub const HTTP_HEADERS_MAX: usize = 64;
/// How long such a head, or a TLS handshake, may take, in milliseconds.
pub const HTTP_HEAD_MS: u64 = 10_000;
/// How long a body may take, in milliseconds; one whose length was not announced, its beginning and its rest each.
pub const HTTP_BODY_MS: u64 = 10_000;
/// How long a request waits until its principal has room for it, in milliseconds.
pub const HTTP_ADMIT_MS: u64 = 30_000;
/// A body of at most so many bytes is read before there is room for it: a cancel must not wait for what it cancels.
pub const HTTP_SMALL_BYTES_MAX: usize = 8 * 1024;
/// Streams that one principal keeps open over HTTP, or one connection on a pipe, to hear that its tools have changed.
pub const STREAMS_MAX: usize = 32;
/// Such streams of all principals together: half of the connections are left for requests.
pub const HTTP_STREAMS_MAX: usize = HTTP_CONNECTIONS_MAX / 2;
/// After how long such a stream ends where nothing has changed, in milliseconds; a client may open it again.
pub const HTTP_STREAM_IDLE_MS: u64 = 10 * 60 * 1_000;
/// How long a client may leave what it is sent unread before its connection ends, in milliseconds.
pub const HTTP_STALL_MS: u64 = 30_000;
/// How much of it a client has to take in that time, in bytes: the longest answer is read within half an hour, or not at all.
pub const HTTP_STALL_BYTES_MIN: usize = 128 * 1024;
/// Shortest token, in bytes: 128 bits as hexadecimal.
pub const TOKEN_BYTES_MIN: usize = 32;
/// Longest token, in bytes.
pub const TOKEN_BYTES_MAX: usize = 512;
/// Most paths that one argument lists.
pub const PATHS_MAX: usize = 64;
/// Objects within each other that an argument may be declared as.
pub const OBJECT_DEPTH_MAX: usize = 4;
/// Time that calls in flight have to end once the agent has closed its side, in milliseconds. rmcp then
/// waits for up to five seconds more.
pub const DRAIN_MS: u64 = 5_000;
/// How arguments and protocol messages are read.
pub const MESSAGE_RULES: JsonRules = JsonRules {
    bytes_max: LINE_BYTES_MAX,
    depth_max: JSON_DEPTH_MAX,
    values_max: MESSAGE_VALUES_MAX,
    case_variants: false,
    nul: false,
};
