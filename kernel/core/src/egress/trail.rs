//! Known secrets that are split over several texts of a value.
//! Knows nothing of any other type.

use super::gathered::Gathered;
use super::hit::Hit;
use super::kind::Kind;
use super::secrets::Secrets;
use super::tape::Tape;
use super::together;
use super::walk::Found;

/// Texts one after the other, each with its ordinal and where it starts.
#[derive(Default)]
struct Trail {
    text: String,
    places: Vec<(usize, usize)>,
}

impl Trail {
    fn of(tape: &Tape<'_>, ordinals: impl Iterator<Item = usize>) -> Self {
        let mut trail = Self::default();
        for ordinal in ordinals {
            if let Some(leaf) = tape.texts().get(ordinal) {
                trail.places.push((trail.text.len(), ordinal));
                trail.text.push_str(&leaf.text);
            }
        }
        trail
    }

    fn search(&self, secrets: &Secrets, found: &mut Vec<Found>) {
        for (start, end) in secrets.find(&self.text) {
            let first = self
                .places
                .partition_point(|(at, _)| *at <= start)
                .saturating_sub(1);
            for (n, (at, ordinal)) in self.places.iter().enumerate().skip(first) {
                if *at >= end {
                    break;
                }
                let next = self
                    .places
                    .get(n + 1)
                    .map_or(self.text.len(), |(next, _)| *next);
                let (from, to) = (start.max(*at) - at, end.min(next) - at);
                if from < to {
                    found.push((*ordinal, Hit::new(Kind::SECRET, from, to)));
                }
            }
        }
    }
}

/// Finds known secrets over all texts in their order, over those that are values, and over the values of each key: a
/// block's `type` stands between the texts of two blocks.
pub(super) fn find(secrets: &Secrets, tape: &Tape<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    if together::hold_any(secrets, tape) {
        let gathered = Gathered::of(tape);
        Trail::of(tape, 0..tape.texts().len()).search(secrets, &mut found);
        for ordinals in gathered.orders(tape) {
            Trail::of(tape, ordinals.iter().copied()).search(secrets, &mut found);
        }
    }
    found
}
