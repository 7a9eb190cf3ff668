//! What is wrong with a log, by class.
//! Knows nothing of files.

use std::fmt;

/// The classes of what a log can be guilty of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A line is no record of this format.
    Malformed,
    /// A record is not the one that its successor, the head or an anchor names.
    Edit,
    /// Records are missing.
    Gap,
    /// Records are not in their order.
    Reorder,
    /// A record of another log or another start.
    Splice,
    /// The end is missing.
    Truncated,
    /// Bytes after the last whole record, left by a crash and not yet declared.
    Torn,
    /// An intent without its one end, or an end without its intent.
    Unpaired,
    /// A reference to rules that were never loaded.
    Unresolved,
    /// A signature that names a key and does not hold, or that was made outside the key's epoch.
    BadSig,
    /// Checkpoints that no key given by the auditor signed, though one was given.
    UnknownKey,
    /// Two checkpoints that the log's keys signed cannot both be of one log.
    Fork,
    /// A record whose bytes were removed without a record that says so.
    UnauthRedaction,
    /// A tile is not the leaf of its record.
    Tiles,
}

impl Class {
    /// The word that reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED",
            Self::Edit => "EDIT",
            Self::Gap => "GAP",
            Self::Reorder => "REORDER",
            Self::Splice => "SPLICE",
            Self::Truncated => "TRUNCATED",
            Self::Torn => "TORN",
            Self::Unpaired => "UNPAIRED",
            Self::Unresolved => "UNRESOLVED",
            Self::BadSig => "BAD_SIG",
            Self::UnknownKey => "UNKNOWN_KEY",
            Self::Fork => "FORK",
            Self::UnauthRedaction => "UNAUTH_REDACTION",
            Self::Tiles => "TILES",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The first thing found wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What kind of wrong.
    pub class: Class,
    /// The record concerned, by number.
    pub seq: u64,
    /// In words, without a value of the log's calls.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at record {}: {}", self.class, self.seq, self.detail)
    }
}
