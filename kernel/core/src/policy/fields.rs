//! Which fields of an answer do not leave, and which leave under another name.
//! Knows nothing of answers.

use std::collections::BTreeMap;

use super::Field;

/// What is done to fields, each with the rule that demands it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// They do not leave at all.
    pub drop: BTreeMap<Field, String>,
    /// They leave under this name.
    pub rename: BTreeMap<Field, Renamed>,
}

/// The new name of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The name.
    pub to: String,
    /// The rule that gives it.
    pub rule: String,
}

impl Fields {
    /// Whether nothing is demanded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.drop.is_empty() && self.rename.is_empty()
    }

    /// What is dropped, as it is written.
    pub fn dropped(&self) -> impl Iterator<Item = &str> {
        self.drop.keys().map(Field::as_str)
    }

    /// What is renamed, as `field -> name`.
    pub fn renamed(&self) -> impl Iterator<Item = String> {
        let one = |(field, new): (&Field, &Renamed)| format!("{} -> {}", field.as_str(), new.to);
        self.rename.iter().map(one)
    }
}
