//! How much is proven of a log.
//! Knows nothing of how it is found out.

/// The levels, each with those below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every line is a record.
    Parsed,
    /// Every record is linked to the one before it.
    #[default]
    Chained,
    /// A checkpoint is signed with a key that the auditor holds.
    Signed,
    /// A checkpoint or a receipt was kept where the operator cannot change it.
    Anchored,
    /// Witnesses of the auditor's choice have signed.
    Witnessed,
}

impl Level {
    /// All of them, the lowest first.
    pub const ALL: [Self; 5] = [
        Self::Parsed,
        Self::Chained,
        Self::Signed,
        Self::Anchored,
        Self::Witnessed,
    ];

    /// The word on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parsed => "parsed",
            Self::Chained => "chained",
            Self::Signed => "signed",
            Self::Anchored => "anchored",
            Self::Witnessed => "witnessed",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}
