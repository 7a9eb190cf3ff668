//! The time that budgets go by: it never goes back, and nobody can set it forward.
//! Knows nothing of what is counted.

use std::fmt;
use std::sync::Arc;

use aegis_core::limits;

use crate::clock;

/// A clock that nobody can set: milliseconds since the machine was started.
#[derive(Clone)]
pub struct Steady {
    /// Milliseconds since the machine was started, those that it slept among them.
    pub ms: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Which start of the machine that was; without it none is known to be the same as another.
    pub boot: Option<String>,
}

impl Steady {
    /// The machine's own.
    #[must_use]
    pub fn of_machine() -> Self {
        Self {
            ms: Arc::new(clock::since_boot_ms),
            boot: clock::boot(),
        }
    }
}

/// Where the time of budgets stood when something was last charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) at_ms: i64,
    pub(super) steady_ms: u64,
    pub(super) boot: String,
}

/// From a moment at the pace of a steady clock. Over a restart of the kernel the steady clock counts as well. Over one of
/// the machine, what it says since then counts, and of the time before that the wall clock alone tells of, so much as
/// [`limits::BUDGET_UNPROVEN_MS_MAX`]: a wall clock that was set forward refills no more.
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

    /// Goes on where the mark stands; `gone_ms` is what the wall clock says of the time since the store saw it last.
    pub(super) fn by(self, steady: Steady, mark: Option<&Mark>, gone_ms: i64) -> Self {
        let begun = (steady.ms)();
        let from_ms = match mark {
            None => self.from_ms,
            Some(mark) => {
                mark.at_ms
                    .saturating_add(passed(mark, steady.boot.as_deref(), begun, gone_ms))
            }
        };
        Self {
            from_ms,
            steady: Some((steady, begun)),
        }
    }

    /// The moment now; `high_ms` is the latest that the store has seen on the wall.
    pub(super) fn at_ms(&self, high_ms: i64) -> i64 {
        match &self.steady {
            Some((steady, begun)) => {
                let passed = (steady.ms)().saturating_sub(*begun);
                self.from_ms.saturating_add(signed(passed))
            }
            None => self.from_ms.max(high_ms),
        }
    }

    /// What is remembered of this moment.
    pub(super) fn mark(&self, high_ms: i64) -> Option<Mark> {
        let (steady, _) = self.steady.as_ref()?;
        Some(Mark {
            at_ms: self.at_ms(high_ms),
            steady_ms: (steady.ms)(),
            boot: steady.boot.clone().unwrap_or_default(),
        })
    }
}

/// What has passed since a mark: for certain by the steady clock, and a bounded part of what the wall clock says beside.
fn passed(mark: &Mark, boot: Option<&str>, now_ms: u64, gone_ms: i64) -> i64 {
    let same = boot.map(|boot| boot == mark.boot);
    let since_mark = now_ms.checked_sub(mark.steady_ms).unwrap_or(now_ms);
    let proven = signed(match (same, mark.boot.is_empty()) {
        (Some(false), false) => now_ms, // the machine was started after the mark
        _ => since_mark,
    });
    let unproven = match same {
        Some(true) => 0,
        _ => gone_ms
            .saturating_sub(proven)
            .clamp(0, limits::BUDGET_UNPROVEN_MS_MAX),
    };
    proven.saturating_add(unproven)
}

fn signed(milliseconds: u64) -> i64 {
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pace(from {})", self.from_ms)
    }
}
