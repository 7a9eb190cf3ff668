//! What was found in a file: by type, place and number.
//! Knows nothing of values.

use std::collections::BTreeMap;

use aegis_core::json::Json;

/// Places that are told apart; all others of a type are one.
const PLACES_MAX: usize = 4_096;

/// Findings, counted.
#[derive(Debug, Default)]
pub(super) struct Report {
    counts: BTreeMap<(String, String), u64>,
}

impl Report {
    pub(super) fn add(&mut self, kind: &str, pointer: String) {
        let mut key = (kind.to_owned(), pointer);
        if self.counts.len() >= PLACES_MAX && !self.counts.contains_key(&key) {
            key.1 = "/*".to_owned();
        }
        *self.counts.entry(key).or_default() += 1;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    pub(super) fn to_json(&self, bytes: u64) -> Json {
        let one = |((kind, pointer), count): (&(String, String), &u64)| {
            Json::object([
                ("type", Json::from(kind.as_str())),
                ("pointer", Json::from(pointer.as_str())),
                ("count", Json::from(*count)),
            ])
        };
        Json::object([
            ("bytes", Json::from(bytes)),
            (
                "findings",
                Json::Array(self.counts.iter().map(one).collect()),
            ),
        ])
    }
}
