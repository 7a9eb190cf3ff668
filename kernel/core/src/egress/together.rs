//! The texts of a value in the orders in which they are put together to look for known secrets, as they are or without
//! what can be put between letters; and whether one stands in any of them at all: asked before `trail` looks where.
//! Knows nothing of where it stands.

use std::collections::HashMap;

use super::bare::Bare;
use super::needles::Needles;
use super::secrets::Secrets;
use super::tape::{Shape, Tape, Value};

/// Whether a secret stands in all texts of a value in their order, in those that are values, or in the values of a key.
pub(super) fn hold_any(secrets: &Secrets, tape: &Tape<'_>) -> bool {
    // Where any other stands, it stands taken apart too.
    let whole = secrets.whole.iter().map(|needles| (None, needles));
    let apart = secrets.apart().map(|(bare, needles)| (Some(bare), needles));
    let mut all = whole.chain(apart);
    all.any(|(bare, needles)| Together::of(tape, bare).hold(needles))
}

/// What is left of texts, one after the other.
struct Together<'t> {
    bare: Option<Bare>,
    /// Of all texts, and how much of the room is used.
    all: Vec<u8>,
    used: usize,
    /// Of those that are values.
    values: Vec<u8>,
    keys: Vec<Key<'t>>,
    places: HashMap<&'t str, usize>,
    /// The place of the latest key, and that of the latest which did not follow it.
    latest: usize,
    first: usize,
}

/// A key, what is left of it, and what is left of its values.
struct Key<'t> {
    name: &'t str,
    left: Vec<u8>,
    values: Vec<u8>,
}

impl<'t> Together<'t> {
    fn of(tape: &'t Tape<'_>, bare: Option<Bare>) -> Self {
        let bytes: usize = tape.texts().iter().map(|leaf| leaf.text.len()).sum();
        let mut together = Self {
            bare,
            all: vec![0; bytes],
            used: 0,
            values: Vec::with_capacity(bytes),
            keys: Vec::new(),
            places: HashMap::new(),
            latest: 0,
            first: 0,
        };
        let around = together.place("");
        together.value(tape.root(), around);
        together.all.truncate(together.used);
        together
    }

    /// Whether one stands in any of the orders. What one text alone holds is among all.
    fn hold(&self, needles: &Needles) -> bool {
        let keys = self.keys.iter().map(|key| &key.values);
        let mut orders = std::iter::once(&self.values).chain(keys);
        let is_less = |order: &&Vec<u8>| order.len() < self.all.len();
        needles.are_in(&self.all) || orders.any(|order| is_less(&order) && needles.are_in(order))
    }

    fn value(&mut self, value: Value<'t, '_>, place: usize) {
        match value.shape() {
            Shape::Word => {}
            Shape::Text => self.text(value.leaf().map_or("", |leaf| leaf.text.as_ref()), place),
            Shape::Array => value.items().for_each(|item| self.value(item, place)),
            Shape::Object => {
                for (key, member) in value.members() {
                    let place = self.place(key);
                    let left = self
                        .keys
                        .get(place)
                        .map_or(&[][..], |key| key.left.as_slice());
                    let end = self.used + left.len();
                    if let Some(slots) = self.all.get_mut(self.used..end) {
                        slots.copy_from_slice(left);
                    }
                    self.used = end;
                    self.value(member, place);
                }
            }
        }
    }

    /// Puts a value behind all texts, behind the values, and behind those of its key.
    fn text(&mut self, text: &str, place: usize) {
        let room = self.all.get_mut(self.used..).unwrap_or_default();
        let length = put(self.bare, text, room);
        let left = room.get(..length).unwrap_or_default();
        self.values.extend_from_slice(left);
        if let Some(key) = self.keys.get_mut(place) {
            key.values.extend_from_slice(left);
        }
        self.used += length;
    }

    /// The place of a key. Rows repeat their keys in one order.
    fn place(&mut self, name: &'t str) -> usize {
        for near in [self.latest + 1, self.first] {
            if self.keys.get(near).is_some_and(|key| key.name == name) {
                self.latest = near;
                return near;
            }
        }
        let next = self.keys.len();
        let place = *self.places.entry(name).or_insert(next);
        if place == next {
            let mut left = vec![0; name.len()];
            let length = put(self.bare, name, &mut left);
            left.truncate(length);
            let values = Vec::new();
            self.keys.push(Key { name, left, values });
        }
        (self.latest, self.first) = (place, place);
        place
    }
}

/// Puts what is left of a text into the room, which is as long as the text: how long it is.
fn put(bare: Option<Bare>, text: &str, room: &mut [u8]) -> usize {
    match bare {
        Some(bare) => bare.put(text, room),
        None => {
            if let Some(slots) = room.get_mut(..text.len()) {
                slots.copy_from_slice(text.as_bytes());
            }
            text.len()
        }
    }
}
