//! One find in a text, with what stands in its place.
//! Knows nothing of the value.

use std::borrow::Cow;

use super::cannot_mask::CannotMask;
use super::examiner::Examiner;
use super::hit::{self, Hit};

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

/// What stands in place of the finds of one text, disjoint and in order.
///
/// # Errors
/// [`CannotMask::Withheld`] where the profile says so.
pub(super) fn replacements(
    examiner: &Examiner<'_>,
    text: &str,
    mut hits: Vec<Hit>,
) -> Result<Vec<Replacement>, CannotMask> {
    hit::merge(&mut hits);
    let one = |hit: &Hit| {
        Ok(Replacement {
            kind: examiner.name(hit.kind),
            start: hit.start,
            end: hit.end,
            mask: examiner.written(text, hit)?,
        })
    };
    hits.iter().map(one).collect()
}
