//! Where something was found and what it is: fit for the log.
//! Knows nothing of the value, and must not.

use std::borrow::Cow;

use crate::json::Pointer;

/// One finding. It never holds the value; keys that were masked stand masked in the pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The type, as Presidio names it.
    pub kind: Cow<'static, str>,
    /// The leaf, or the member whose key it is.
    pub pointer: Pointer,
    /// Whether the finding is in the member's key and not in its value.
    pub in_key: bool,
    /// First byte in the leaf as given (a number's lexeme, a string unescaped).
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}
