//! The time of a decision, given from outside.
//! Knows nothing of clocks.

/// A moment, in milliseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub unix_ms: i64,
}

impl Now {
    /// Whole seconds since 1970 UTC.
    #[must_use]
    pub fn unix_s(self) -> i64 {
        self.unix_ms.div_euclid(1_000)
    }
}
