//! Known secrets that are split over several texts of a value.
//! Knows nothing of any other type.

use std::collections::HashMap;

use super::gathered;
use super::hit::Hit;
use super::kind::Kind;
use super::secrets::Secrets;
use super::tape::{Shape, Tape, Value};
use super::walk::Found;

/// Texts one after the other, each with its ordinal and where it starts.
#[derive(Default)]
struct Trail {
    text: String,
    places: Vec<(usize, usize)>,
}

impl Trail {
    fn add(&mut self, ordinal: usize, text: &str) {
        self.places.push((self.text.len(), ordinal));
        self.text.push_str(text);
    }

    /// One text alone is in the trail of all.
    fn is_split(&self) -> bool {
        self.places.len() > 1
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

/// Finds known secrets over all values in their order, with their keys and without, and over the values of each key: a
/// block's `type` stands between the texts of two blocks.
pub(super) fn find(secrets: &Secrets, tape: &Tape<'_>) -> Vec<Found> {
    if !gathered::hold_any(secrets, tape) {
        return Vec::new();
    }
    let mut trails = Trails {
        all: Trail::default(),
        by_key: HashMap::new(),
    };
    trails.value(tape.root(), "");
    let mut found = Vec::new();
    trails.all.search(secrets, &mut found);
    for trail in trails.by_key.values().filter(|trail| trail.is_split()) {
        trail.search(secrets, &mut found);
    }
    let mut keyed = Trail::default();
    for (ordinal, leaf) in tape.texts().iter().enumerate() {
        keyed.add(ordinal, &leaf.text);
    }
    // Without keys it is the first trail.
    if keyed.places.len() > trails.all.places.len() {
        keyed.search(secrets, &mut found);
    }
    found
}

struct Trails<'t> {
    all: Trail,
    by_key: HashMap<&'t str, Trail>,
}

impl<'t> Trails<'t> {
    fn value(&mut self, value: Value<'t, '_>, key: &'t str) {
        match value.shape() {
            Shape::Word => {}
            Shape::Text => {
                if let Some(leaf) = value.leaf() {
                    self.all.add(value.ordinal(), &leaf.text);
                    let trail = self.by_key.entry(key).or_default();
                    trail.add(value.ordinal(), &leaf.text);
                }
            }
            Shape::Array => {
                for item in value.items() {
                    self.value(item, key);
                }
            }
            Shape::Object => {
                for (key, member) in value.members() {
                    self.value(member, key);
                }
            }
        }
    }
}
