//! Why a line is not a frame.
//! Knows nothing of what is answered: that is the peer's side.

use aegis_core::json::JsonFault;
use thiserror::Error;

use super::Id;

/// A line that was refused, with the id that it seemed to carry.
#[derive(Debug)]
pub struct BadFrame {
    /// Why.
    pub fault: FrameFault,
    /// The id, where the line names exactly one at its top level. Good for an answer and for nothing else.
    pub id: Option<Id>,
    /// Length of the line in bytes, as far as it was read.
    pub bytes: usize,
}

/// The closed set of faults of one line.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FrameFault {
    /// Longer than the bound; the rest is skipped up to its newline.
    #[error("the line is longer than the bound")]
    LineTooLong,
    /// Begins with a byte order mark.
    #[error("the line begins with a byte order mark")]
    ByteOrderMark,
    /// Holds a CR that is not part of its CRLF end: some readers split lines there.
    #[error("the line holds a bare carriage return")]
    BareCarriageReturn,
    /// Holds a NUL byte.
    #[error("the line holds a NUL byte")]
    NulByte,
    /// Not readable strictly.
    #[error(transparent)]
    Json(#[from] JsonFault),
}

impl FrameFault {
    /// Whether it is more than may be, however it is written.
    #[must_use]
    pub fn is_size(self) -> bool {
        matches!(
            self,
            Self::LineTooLong | Self::Json(JsonFault::TooLong | JsonFault::TooMany(_))
        )
    }

    /// The name that is counted and logged.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::LineTooLong | Self::Json(JsonFault::TooLong) => "wire.line-too-long",
            Self::ByteOrderMark => "wire.byte-order-mark",
            Self::BareCarriageReturn => "wire.bare-carriage-return",
            Self::NulByte | Self::Json(JsonFault::Nul(_)) => "wire.nul",
            Self::Json(JsonFault::NotUtf8(_)) => "wire.not-utf8",
            Self::Json(JsonFault::TooDeep(_)) => "wire.too-deep",
            Self::Json(JsonFault::TooMany(_)) => "wire.too-many-values",
            Self::Json(JsonFault::DuplicateKey(_)) => "wire.duplicate-key",
            Self::Json(JsonFault::CaseVariantKey(_)) => "wire.case-variant-key",
            Self::Json(JsonFault::LoneSurrogate(_)) => "wire.lone-surrogate",
            Self::Json(_) => "wire.not-json",
        }
    }
}
