//! The time that budgets go by: it never goes back, and within one process nobody can set it forward.
//! Knows nothing of what is counted.

use std::fmt;
use std::sync::Arc;

/// Milliseconds of a clock that nobody can set, from any beginning.
pub type Steady = Arc<dyn Fn() -> u64 + Send + Sync>;

/// From a moment of the wall clock, at the pace of a steady one. Over a restart the wall clock counts, but
/// never behind the latest moment that was seen.
#[derive(Clone)]
pub(super) struct Pace {
    from_ms: i64,
    steady: Option<(Steady, u64)>,
}

impl Pace {
    pub(super) fn from(from_ms: i64) -> Self {
        Self {
            from_ms,
            steady: None,
        }
    }

    pub(super) fn by(self, steady: Steady) -> Self {
        let begun = steady();
        Self {
            steady: Some((steady, begun)),
            ..self
        }
    }

    /// The moment now; `high_ms` is the latest that the store has seen on the wall.
    pub(super) fn at_ms(&self, high_ms: i64) -> i64 {
        match &self.steady {
            Some((steady, begun)) => {
                let passed = steady().saturating_sub(*begun);
                let passed = i64::try_from(passed).unwrap_or(i64::MAX);
                self.from_ms.saturating_add(passed)
            }
            None => self.from_ms.max(high_ms),
        }
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pace(from {})", self.from_ms)
    }
}
