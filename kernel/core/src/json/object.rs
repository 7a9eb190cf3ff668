//! A JSON object: pairs in the order of the source, keys unique.
//! Knows nothing of schemas.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::Json;

/// A member's name. A short one needs no block of memory of its own, as nearly all are.
pub type Key = SmolStr;

/// From so many members on, those that are brought together are told apart by a table: else each would be looked for
/// among all before it.
const MANY: usize = 32;

/// An ordered object. `insert` replaces, so keys stay unique.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(Vec<(Key, Json)>);

impl Object {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The member of this name.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// The member of this name, to be changed in place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        self.0
            .iter_mut()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// Sets a member: replaced where it stood, else added at the end.
    pub fn insert(&mut self, key: impl Into<Key>, value: Json) {
        let key = key.into();
        match self.get_mut(&key) {
            Some(slot) => *slot = value,
            None => self.0.push((key, value)),
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let at = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(at).1)
    }

    /// The pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The pairs in order, values to be changed in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Json)> {
        self.0.iter_mut().map(|(key, value)| (key.as_str(), value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, members: usize) {
        self.0.reserve_exact(members);
    }

    /// Adds a pair that the caller has proven to be new (the parser's own check).
    pub(super) fn push_unique(&mut self, key: Key, value: Json) {
        self.0.push((key, value));
    }
}

impl<K: Into<Key>> FromIterator<(K, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, Json)>>(pairs: I) -> Self {
        let mut object = Self::new();
        let mut places: HashMap<Key, usize> = HashMap::new();
        for (key, value) in pairs {
            let key = key.into();
            if object.len() < MANY {
                object.insert(key, value);
                continue;
            }
            if places.is_empty() {
                let known = object.0.iter().enumerate();
                places.extend(known.map(|(at, (key, _))| (key.clone(), at)));
            }
            match places.get(&key).and_then(|at| object.0.get_mut(*at)) {
                Some((_, slot)) => *slot = value,
                None => {
                    places.insert(key.clone(), object.len());
                    object.0.push((key, value));
                }
            }
        }
        object
    }
}

impl IntoIterator for Object {
    type Item = (Key, Json);
    type IntoIter = std::vec::IntoIter<(Key, Json)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
