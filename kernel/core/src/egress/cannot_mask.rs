//! Why a value cannot be masked, and so must not leave.
//! Knows nothing of the value.

use thiserror::Error;

use crate::json::JsonFault;

/// A mask that cannot be applied: the caller withholds the whole result.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CannotMask {
    /// A text is longer than [`crate::limits::RESPONSE_BYTES_MAX`].
    #[error("a text is longer than can be examined")]
    TooLong,
    /// Nested deeper than [`crate::limits::JSON_DEPTH_MAX`].
    #[error("values are nested too deeply to be examined")]
    TooDeep,
    /// The text of a value is no JSON that can be read in one way alone.
    #[error("the text is not JSON that can be read in one way alone: {0}")]
    NotJson(JsonFault),
    /// Encoded again and again, beyond [`crate::limits::DECODE_DEPTH_MAX`].
    #[error("a text is encoded too many times over to be examined")]
    EncodedTooDeep,
    /// Decoding would take more than [`crate::limits::DECODE_BYTES_MAX`].
    #[error("encoded text unfolds to more bytes than can be examined")]
    EncodedTooLong,
    /// Masking one finding kept uncovering another.
    #[error("masking does not come to rest")]
    Unsettled,
    /// A detector could not be built.
    #[error("a detector could not be built")]
    Detector,
    /// The profile says that what was found must not leave.
    #[error("the profile withholds results that hold `{0}`")]
    Withheld(&'static str),
}

impl CannotMask {
    /// The stable name of this refusal.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "egress.too-long",
            Self::TooDeep => "egress.too-deep",
            Self::NotJson(_) => "egress.not-json",
            Self::EncodedTooDeep => "egress.encoded-too-deep",
            Self::EncodedTooLong => "egress.encoded-too-long",
            Self::Unsettled => "egress.unsettled",
            Self::Detector => "egress.no-detector",
            Self::Withheld(_) => "egress.withheld",
        }
    }
}
