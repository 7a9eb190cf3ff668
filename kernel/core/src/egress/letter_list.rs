//! A list of short strings, or members that are numbered, whose letters are one value: `["g", "h", "p", "_", …]`.
//! Knows nothing of what they make up.

use super::hit::Hit;
use super::tape::{Shape, Value};
use super::walk::Found;

/// Fewest parts, and the longest one.
const PARTS_MIN: usize = 4;
const PART_BYTES_MAX: usize = 8;
/// Shortest and longest value.
const BYTES: std::ops::RangeInclusive<usize> = 12..=4096;

/// The letters of all parts, and where each begins.
pub(super) struct Letters {
    pub(super) text: String,
    parts: Vec<(usize, usize)>,
}

/// The letters, if every item is a short string, or every member one whose key is its place.
pub(super) fn read(list: Value<'_, '_>) -> Option<Letters> {
    if list.len() < PARTS_MIN {
        return None;
    }
    let mut letters = Letters {
        text: String::new(),
        parts: Vec::new(),
    };
    match list.shape() {
        Shape::Array => list.items().try_for_each(|item| letters.add(item))?,
        Shape::Object => list
            .members()
            .enumerate()
            .try_for_each(|(nth, (key, member))| {
                let numbered = key.parse() == Ok(nth);
                letters.add(member).filter(|()| numbered)
            })?,
        Shape::Word | Shape::Text => return None,
    }
    BYTES.contains(&letters.text.len()).then_some(letters)
}

impl Letters {
    fn add(&mut self, item: Value<'_, '_>) -> Option<()> {
        let part = item.as_str()?;
        let short = (1..=PART_BYTES_MAX).contains(&part.len()) && !part.contains(' ');
        if !short || self.text.len() > *BYTES.end() {
            return None;
        }
        self.parts.push((self.text.len(), item.ordinal()));
        self.text.push_str(part);
        Some(())
    }

    /// Each part under a hit is part of its value.
    pub(super) fn spread(&self, hits: &[Hit]) -> Vec<Found> {
        let mut found = Vec::new();
        for hit in hits {
            let value = hit.value.clone();
            let value = value.or_else(|| self.text.get(hit.start..hit.end).map(str::to_owned));
            let ends = self.parts.iter().skip(1).map(|part| part.0);
            for ((start, ordinal), end) in self.parts.iter().zip(ends.chain([self.text.len()])) {
                if *start < hit.end && hit.start < end {
                    let part = Hit {
                        value: value.clone(),
                        ..Hit::new(hit.kind, 0, end - start)
                    };
                    found.push((*ordinal, part));
                }
            }
        }
        found
    }
}
