//! The one place that reads the clock.
//! Knows nothing of what the time is used for.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use aegis_core::now::Now;

/// Wall time, and time since this clock was made that no one can set back. Cheap to copy.
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

    /// The time of a decision.
    #[must_use]
    pub fn now(&self) -> Now {
        let unix_ms = self.unix_ns() / 1_000_000;
        Now {
            unix_ms: i64::try_from(unix_ms).unwrap_or(i64::MAX),
        }
    }

    /// Nanoseconds since 1970 UTC; 0 where the machine believes to be before that.
    #[must_use]
    pub fn unix_ns(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
            })
    }

    /// Nanoseconds since this clock was made.
    #[must_use]
    pub fn mono_ns(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// The time of a decision, where no monotonic time is wanted.
#[must_use]
pub fn now() -> Now {
    Clock::start().now()
}
