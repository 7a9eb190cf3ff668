//! What a condition comes to: true, false, or one of two reasons why neither.
//! Knows nothing of what is judged.

/// The worth of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// The call leaves it out, or it cannot be read: a rule that objects then speaks, one that grants does not.
    Unreadable,
    /// It is not known yet (before any call), or not any more (from a record).
    Unknown,
}

impl Truth {
    /// `Yes` or `No`.
    #[must_use]
    pub fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Unreadable, _) | (_, Self::Unreadable) => Self::Unreadable,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// One of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// The opposite; what cannot be told stays so.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "a word of the policy language, not an operator"
    )]
    pub fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            other => other,
        }
    }
}
