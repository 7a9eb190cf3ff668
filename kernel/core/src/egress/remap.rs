//! What was found in masked texts, as spans of the texts that were given.
//! Knows nothing of how anything is found.

use std::collections::BTreeMap;

use super::cannot_mask::CannotMask;
use super::examiner::Examiner;
use super::hit::{self, Hit};
use super::tape::Tape;
use super::walk::Found;

/// `found`, and `more` that was found after that had been masked.
pub(super) fn add(
    examiner: &Examiner<'_>,
    tape: &Tape<'_>,
    found: Vec<Found>,
    more: Vec<Found>,
) -> Result<Vec<Found>, CannotMask> {
    let mut known: BTreeMap<usize, Vec<Hit>> = BTreeMap::new();
    for (ordinal, hit) in found {
        known.entry(ordinal).or_default().push(hit);
    }
    for (ordinal, mut hit) in more {
        let hits = known.entry(ordinal).or_default();
        hit::merge(hits);
        let text = tape.text(ordinal);
        hit.span(given(examiner, text, hits, &hit)?);
        hits.push(hit);
    }
    let flat = known.into_iter();
    Ok(flat
        .flat_map(|(at, hits)| hits.into_iter().map(move |hit| (at, hit)))
        .collect())
}

/// The span of the given text behind a span of what it became.
fn given(
    examiner: &Examiner<'_>,
    text: &str,
    masked: &[Hit],
    hit: &Hit,
) -> Result<(usize, usize), CannotMask> {
    // Where the text as given and as masked go on alike, and how far apart they are there.
    let (mut from, mut to) = (None, None);
    let (mut at, mut now) = (0, 0);
    for old in masked {
        let mask = examiner.replace(text, std::slice::from_ref(old))?.len() + old.end
            - old.start
            - text.len();
        let (plain_end, mask_end) = (now + (old.start - at), now + (old.start - at) + mask);
        place(
            &mut from,
            hit.start,
            (now, plain_end, at),
            (mask_end, old.start),
        );
        place(&mut to, hit.end, (now, plain_end, at), (mask_end, old.end));
        (at, now) = (old.end, mask_end);
    }
    let tail = |offset: usize| (at + offset.saturating_sub(now)).min(text.len());
    Ok((
        from.unwrap_or_else(|| tail(hit.start)),
        to.unwrap_or_else(|| tail(hit.end)),
    ))
}

/// Sets the place of `offset`, if it is in the plain stretch or the mask after it.
fn place(
    slot: &mut Option<usize>,
    offset: usize,
    (now, plain_end, at): (usize, usize, usize),
    (mask_end, edge): (usize, usize),
) {
    if slot.is_none() && offset < mask_end {
        *slot = Some(if offset <= plain_end {
            at + offset.saturating_sub(now)
        } else {
            edge
        });
    }
}
