//! One find in a text, with what stands in its place.
//! Knows nothing of the value.

use std::borrow::Cow;

/// A span of a text and its mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The type.
    pub kind: Cow<'static, str>,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What stands there instead.
    pub mask: String,
}
