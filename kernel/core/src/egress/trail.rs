//! Known secrets that are split over several texts of a value.
//! Knows nothing of any other type.

use std::collections::HashMap;

use crate::json::Json;

use super::hit::Hit;
use super::kind::Kind;
use super::secrets::Secrets;
use super::walk::Found;

/// Texts one after the other, each with its ordinal and where it starts.
#[derive(Default)]
struct Trail {
    text: Vec<u8>,
    places: Vec<(usize, usize)>,
}

impl Trail {
    fn add(&mut self, ordinal: usize, text: &str) {
        self.places.push((self.text.len(), ordinal));
        self.text.extend_from_slice(text.as_bytes());
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

/// Finds known secrets over all values in their order, and over the values of each key: a block's
/// `type` stands between the texts of two blocks.
pub(super) fn find(secrets: &Secrets, value: &Json) -> Vec<Found> {
    let mut trails = Trails {
        ordinal: 0,
        all: Trail::default(),
        by_key: HashMap::new(),
    };
    trails.value(value, "");
    let mut found = Vec::new();
    trails.all.search(secrets, &mut found);
    for trail in trails.by_key.values() {
        trail.search(secrets, &mut found);
    }
    found
}

struct Trails<'j> {
    ordinal: usize,
    all: Trail,
    by_key: HashMap<&'j str, Trail>,
}

impl<'j> Trails<'j> {
    fn value(&mut self, value: &'j Json, key: &'j str) {
        match value {
            Json::Null | Json::Bool(_) => {}
            Json::Number(number) => self.text(number.lexeme(), key),
            Json::String(text) => self.text(text, key),
            Json::Array(items) => {
                for item in items {
                    self.value(item, key);
                }
            }
            Json::Object(object) => {
                for (key, member) in object.iter() {
                    self.ordinal += 1;
                    self.value(member, key);
                }
            }
        }
    }

    fn text(&mut self, text: &str, key: &'j str) {
        self.all.add(self.ordinal, text);
        self.by_key.entry(key).or_default().add(self.ordinal, text);
        self.ordinal += 1;
    }
}
