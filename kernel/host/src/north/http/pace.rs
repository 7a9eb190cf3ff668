//! How long what stays open over HTTP may be silent or unread.
//! Knows nothing of what is said on it.

use std::time::Duration;

use aegis_core::limits::{HTTP_STALL_BYTES_MIN, HTTP_STALL_MS, HTTP_STREAM_IDLE_MS};

/// Proxies close what is silent, most of them after a minute.
const BEAT_MS: u64 = 25_000;

/// How long what stays open over HTTP may be silent or unread.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// After how long without a word a stream ends.
    pub idle: Duration,
    /// How often a stream says that it is there.
    pub beat: Duration,
    /// How long a client may leave what it is sent unread.
    pub stall: Duration,
    /// How much of it it has to take in that time, in bytes, unless that is all.
    pub least: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            idle: Duration::from_millis(HTTP_STREAM_IDLE_MS),
            beat: Duration::from_millis(BEAT_MS),
            stall: Duration::from_millis(HTTP_STALL_MS),
            least: HTTP_STALL_BYTES_MIN,
        }
    }
}
