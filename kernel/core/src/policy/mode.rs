//! Whether a rule counts, or is only watched.
//! Knows nothing of what rules say.

/// `mode = "enforce"`, the default, or `mode = "shadow"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The rule counts.
    #[default]
    Enforce,
    /// What the rule would have said is recorded, and changes nothing.
    Shadow,
}

impl Mode {
    /// The mode of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "enforce" => Some(Self::Enforce),
            "shadow" => Some(Self::Shadow),
            _ => None,
        }
    }
}
