//! Spans of a text filled with barriers, so that offsets stay and nothing is found there again.
//! Knows nothing of what stood there.

use std::borrow::Cow;

use super::hit::Hit;
use super::kind::Kind;
use super::mask::next_mask;

/// Some [barriers](super::mask::BARRIER) in a row.
const BARRIERS: &str =
    "\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}";

/// Our own masks are out of the way before the first search: fixed points, and nothing grows over them.
pub(super) fn blank_masks(text: &str) -> Cow<'_, str> {
    let mut masks = Vec::new();
    let mut at = 0;
    while let Some((start, end)) = next_mask(text, at) {
        masks.push(Hit::new(Kind::SECRET, start, end));
        at = end;
    }
    if masks.is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(blank(text, &masks))
    }
}

/// `text` with the spans filled with barriers: offsets stay, nothing is found there again.
pub(super) fn blank(text: &str, spans: &[Hit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        let length = span.end - span.start.max(at);
        barriers(length, &mut out);
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn barriers(mut count: usize, out: &mut String) {
    while count > 0 {
        let some = BARRIERS.get(..count).unwrap_or(BARRIERS);
        out.push_str(some);
        count -= some.len();
    }
}
