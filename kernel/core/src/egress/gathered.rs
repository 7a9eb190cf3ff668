//! The orders in which the texts of a value are put together to look where a known secret stands: see `together`.
//! Knows nothing of what the texts hold.

use std::collections::HashMap;

use super::tape::{Shape, Tape, Value};

/// The ordinals of values, all of them and by their key: the orders in which texts are put together.
#[derive(Default)]
pub(super) struct Gathered<'t> {
    all: Vec<usize>,
    by_key: Vec<(&'t str, Vec<usize>)>,
    places: HashMap<&'t str, usize>,
    /// Where the key of the latest value is kept.
    latest: usize,
}

impl<'t> Gathered<'t> {
    /// Of all texts of a value.
    pub(super) fn of(tape: &'t Tape<'_>) -> Self {
        let mut gathered = Self::default();
        gathered.value(tape.root(), "");
        gathered
    }

    /// The orders beside that of all texts: those that are values, where there is anything else, and the values of each
    /// key. One text alone is among all.
    pub(super) fn orders(&self, tape: &Tape<'_>) -> impl Iterator<Item = &[usize]> {
        let values = (self.all.len() < tape.texts().len()).then_some(self.all.as_slice());
        let lists = self.by_key.iter().map(|(_, ordinals)| ordinals.as_slice());
        values
            .into_iter()
            .chain(lists.filter(|ordinals| ordinals.len() > 1))
    }

    fn value(&mut self, value: Value<'t, '_>, key: &'t str) {
        match value.shape() {
            Shape::Word => {}
            Shape::Text => self.add(key, value.ordinal()),
            Shape::Array => value.items().for_each(|item| self.value(item, key)),
            Shape::Object => {
                for (key, member) in value.members() {
                    self.value(member, key);
                }
            }
        }
    }

    fn add(&mut self, key: &'t str, ordinal: usize) {
        self.all.push(ordinal);
        // Rows repeat their keys in one order, and the items of a list have one key.
        let near = [self.latest + 1, self.latest];
        let known = near.into_iter().find(|at| {
            let near = self.by_key.get(*at);
            near.is_some_and(|(known, _)| *known == key)
        });
        let next = self.by_key.len();
        let at = known.unwrap_or_else(|| *self.places.entry(key).or_insert(next));
        self.latest = at;
        match self.by_key.get_mut(at) {
            Some((_, ordinals)) => ordinals.push(ordinal),
            None => self.by_key.push((key, vec![ordinal])),
        }
    }
}
