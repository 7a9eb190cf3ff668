//! Whether a value that is in memory already would be read again under other bounds.
//! Knows nothing of texts: what is wrong, and where, is for the reader to say.

use std::collections::HashSet;

use super::keys::is_variant;
use super::{Json, JsonRules, Object};

impl Json {
    /// Whether [`super::parse()`] would read the value's compact form under these rules, as this value.
    #[must_use]
    pub fn is_within(&self, rules: &JsonRules) -> bool {
        let mut left = rules.values_max;
        self.written_len() <= rules.bytes_max && is_within(self, rules, 0, &mut left)
    }
}

fn is_within(value: &Json, rules: &JsonRules, depth: usize, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1).filter(|_| depth <= rules.depth_max) else {
        return false;
    };
    *left = rest;
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => true,
        Json::String(text) => is_text(text, rules),
        Json::Array(items) => items
            .iter()
            .all(|item| is_within(item, rules, depth + 1, left)),
        Json::Object(object) => {
            (rules.case_variants || are_distinct(object))
                && object.iter().all(|(key, value)| {
                    is_text(key, rules) && is_within(value, rules, depth + 1, left)
                })
        }
    }
}

fn is_text(text: &str, rules: &JsonRules) -> bool {
    rules.nul || !text.as_bytes().contains(&0)
}

fn are_distinct(object: &Object) -> bool {
    let mut folded = HashSet::new();
    let mut before: Vec<&str> = Vec::with_capacity(object.len());
    object.keys().all(|key| {
        let is_new = !is_variant(&before, key, &mut folded);
        before.push(key);
        is_new
    })
}
