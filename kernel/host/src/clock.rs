//! The one file that reads the clock.
//! Knows nothing of what the time is for.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use aegis_core::now::Now;
use rustix::time::{ClockId, clock_gettime};

/// Where a [`Clock`] reads its two times.
pub trait Times: fmt::Debug + Send + Sync {
    /// Nanoseconds since 1970 UTC. A clock before 1970 or beyond what fits reads as the nearest end.
    fn wall_ns(&self) -> u64;

    /// Nanoseconds since the machine was started, those that it slept among them; never goes back.
    fn boot_ns(&self) -> u64;
}

/// A time that goes on while the machine sleeps.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SINCE_BOOT: ClockId = ClockId::Boottime;
/// Elsewhere this one does, or none can be had.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SINCE_BOOT: ClockId = ClockId::Monotonic;

/// The system's own times.
#[derive(Debug)]
struct SystemTimes;

impl Times for SystemTimes {
    fn wall_ns(&self) -> u64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => u64::try_from(since.as_nanos()).unwrap_or(u64::MAX),
            Err(_) => 0,
        }
    }

    fn boot_ns(&self) -> u64 {
        // Not `Instant`, which stands still while a machine sleeps: its waking would look like a jump of wall time.
        let since = clock_gettime(SINCE_BOOT);
        let whole = u64::try_from(since.tv_sec).unwrap_or_default();
        let rest = u64::try_from(since.tv_nsec).unwrap_or_default();
        whole.saturating_mul(1_000_000_000).saturating_add(rest)
    }
}

/// Milliseconds since the machine was started, those that it slept among them; never goes back.
#[must_use]
pub fn since_boot_ms() -> u64 {
    SystemTimes.boot_ns() / 1_000_000
}

/// Which start of the machine the time since it was counts from; `None` where the system does not tell.
#[must_use]
pub fn boot() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = id.trim();
    (!id.is_empty() && id.len() <= 64).then(|| id.to_owned())
}

/// The present, by the system's clock. A clock before 1970 or beyond what fits reads as the nearest end.
#[must_use]
pub fn now() -> Now {
    Now {
        unix_ms: i64::try_from(SystemTimes.wall_ns() / 1_000_000).unwrap_or(i64::MAX),
    }
}

/// Wall time beside time that no one can set back. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    times: &'static dyn Times,
    origin_ns: u64,
}

impl Clock {
    /// Begins at this moment, by the system's times.
    #[must_use]
    pub fn start() -> Self {
        Self::of(&SystemTimes)
    }

    /// Begins at the moment that these times tell.
    #[must_use]
    pub fn of(times: &'static dyn Times) -> Self {
        Self {
            times,
            origin_ns: times.boot_ns(),
        }
    }

    /// Nanoseconds since 1970 UTC, by the system's clock.
    #[must_use]
    pub fn unix_ns(&self) -> u64 {
        self.times.wall_ns()
    }

    /// Nanoseconds since this clock was made, whatever happens to the system's clock; a machine's sleep counts.
    #[must_use]
    pub fn mono_ns(&self) -> u64 {
        self.times.boot_ns().saturating_sub(self.origin_ns)
    }
}
