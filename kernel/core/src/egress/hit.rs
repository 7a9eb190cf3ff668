//! What was found in one text, and how overlapping finds become one.
//! Knows nothing of where the text stands.

use super::kind::{Family, Kind};

/// One find, as a byte span of the text that was searched.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The value where it is not the span itself: what was read after folding and decoding.
    pub(super) value: Option<String>,
    /// The span is a number of embedded JSON, so its mask needs quotes: one for the innermost
    /// text, more for each JSON string around that, where they stand escaped.
    pub(super) quoted: u32,
}

impl Hit {
    pub(super) fn new(kind: Kind, start: usize, end: usize) -> Self {
        Self {
            kind,
            start,
            end,
            value: None,
            quoted: 0,
        }
    }

    /// Moves the hit to another span.
    pub(super) fn span(&mut self, (start, end): (usize, usize)) {
        self.start = start;
        self.end = end;
    }
}

/// Makes spans disjoint: what overlaps becomes one span under the preferred type, so that no
/// byte that was found is left.
pub(super) fn merge(hits: &mut Vec<Hit>) {
    hits.retain(|hit| hit.start < hit.end);
    if hits.len() < 2 {
        return;
    }
    hits.sort_by(|a, b| {
        (a.start, b.end, a.kind, a.value.is_some()).cmp(&(
            b.start,
            a.end,
            b.kind,
            b.value.is_some(),
        ))
    });
    let mut merged: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits.drain(..) {
        match merged.last_mut() {
            Some(last) if hit.start < last.end => absorb(last, hit),
            _ => merged.push(hit),
        }
    }
    *hits = merged;
}

fn absorb(last: &mut Hit, hit: Hit) {
    let same = hit.start == last.start && hit.end == last.end;
    // What holds the other says more; of two that overlap in part, the preferred type.
    let within = hit.end <= last.end && !same;
    if !within && hit.kind < last.kind {
        last.kind = hit.kind;
        last.value = if same { hit.value } else { None };
    } else if hit.end > last.end {
        last.value = None;
    } else if within && names_format(last.kind, hit.kind) {
        last.kind = hit.kind;
    }
    last.end = last.end.max(hit.end);
}

/// Whether what holds the other is a secret of no format, and the other says of which: `token=ghp_…`.
fn names_format(outer: Kind, inner: Kind) -> bool {
    matches!(outer, Kind::PASSWORD | Kind::API_KEY)
        && inner.family() == Family::Secret
        && !matches!(inner, Kind::SECRET | Kind::OTP_SEED)
        && inner < outer
}
