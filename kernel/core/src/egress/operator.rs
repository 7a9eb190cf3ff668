//! The words that say how a value is masked.
//! Knows nothing of keys, values or types.

use std::fmt;

/// How a value is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `<US_SSN>`: the type alone, so that length and content are gone.
    Redact,
    /// `****0147`: four stars and the last four; values shorter than eight are redacted.
    KeepLast4,
    /// `<EMAIL_ADDRESS:k3f9…>`: the same for the same value within one scope, so that rows still join.
    Token,
    /// `<EMAIL_ADDRESS#9f3a…>`: a keyed digest of 128 bits, never to be resolved.
    Hash,
    /// Nothing is left: `null` for a whole value, the redacted form inside a text.
    Drop,
    /// The result must not leave at all.
    Withhold,
}

impl Operator {
    /// Reads the word; `None` where it is not one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "redact" => Self::Redact,
            "keep-last-4" => Self::KeepLast4,
            "token" => Self::Token,
            "hash" => Self::Hash,
            "drop" => Self::Drop,
            "withhold" => Self::Withhold,
            _ => return None,
        })
    }

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Redact => "redact",
            Self::KeepLast4 => "keep-last-4",
            Self::Token => "token",
            Self::Hash => "hash",
            Self::Drop => "drop",
            Self::Withhold => "withhold",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
