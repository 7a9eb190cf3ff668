//! The one file that reads the clock.
//! Knows nothing of what the time is for.

use std::time::{SystemTime, UNIX_EPOCH};

use aegis_core::now::Now;

/// The present, by the system's clock. A clock before 1970 or beyond what fits reads as the nearest end.
#[must_use]
pub fn now() -> Now {
    let unix_ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(_) => 0,
    };
    Now { unix_ms }
}
