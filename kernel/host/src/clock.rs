//! The one file that reads the clock.
//! Knows nothing of what the time is for.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use aegis_core::now::Now;

/// The present, by the system's clock. A clock before 1970 or beyond what fits reads as the nearest end.
#[must_use]
pub fn now() -> Now {
    Now {
        unix_ms: i64::try_from(unix_ns() / 1_000_000).unwrap_or(i64::MAX),
    }
}

fn unix_ns() -> u64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => u64::try_from(since.as_nanos()).unwrap_or(u64::MAX),
        Err(_) => 0,
    }
}

/// Wall time beside time that no one can set back. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// Begins at this moment.
    #[must_use]
    pub fn start() -> Self {
        Self {
            origin: Instant::now(),
        }
    }

    /// Nanoseconds since 1970 UTC, by the system's clock.
    #[must_use]
    pub fn unix_ns(&self) -> u64 {
        unix_ns()
    }

    /// Nanoseconds since this clock was made, whatever happens to the system's clock.
    #[must_use]
    pub fn mono_ns(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
