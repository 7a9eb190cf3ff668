//! What was found in masked texts, as spans of the texts that were given.
//! Knows nothing of how anything is found.

use std::collections::BTreeMap;

use crate::json::Json;

use super::cannot_mask::CannotMask;
use super::examiner::Examiner;
use super::hit::{self, Hit};
use super::walk::Found;

/// `found`, and `more` that was found after that had been masked.
pub(super) fn add(
    examiner: &Examiner<'_>,
    value: &Json,
    found: Vec<Found>,
    more: Vec<Found>,
) -> Result<Vec<Found>, CannotMask> {
    let mut known: BTreeMap<usize, Vec<Hit>> = BTreeMap::new();
    for (ordinal, hit) in found {
        known.entry(ordinal).or_default().push(hit);
    }
    let mut texts = BTreeMap::new();
    collect(value, &mut 0, &mut texts);
    for (ordinal, mut hit) in more {
        let hits = known.entry(ordinal).or_default();
        hit::merge(hits);
        let text = texts.get(&ordinal).copied().unwrap_or_default();
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

fn collect<'j>(value: &'j Json, ordinal: &mut usize, texts: &mut BTreeMap<usize, &'j str>) {
    let mut take = |text: &'j str| {
        texts.insert(*ordinal, text);
        *ordinal += 1;
    };
    match value {
        Json::Null | Json::Bool(_) => {}
        Json::Number(number) => take(number.lexeme()),
        Json::String(text) => take(text),
        Json::Array(items) => items.iter().for_each(|item| collect(item, ordinal, texts)),
        Json::Object(object) => {
            for (key, member) in object.iter() {
                texts.insert(*ordinal, key);
                *ordinal += 1;
                collect(member, ordinal, texts);
            }
        }
    }
}
