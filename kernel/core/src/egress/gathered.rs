//! The orders in which the texts of a value are put together to look for known secrets, and whether one stands in any of
//! them at all: asked before `trail` looks where.
//! Knows nothing of where it stands.

use std::collections::HashMap;

use super::bare::Bare;
use super::needles::Needles;
use super::secrets::Secrets;
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

    /// Whether a secret is found in all texts in their order, or in another one.
    pub(super) fn hold_any(&self, secrets: &Secrets, tape: &Tape<'_>) -> bool {
        let exact = secrets.exact.iter().map(|needles| (None, needles));
        let apart = secrets.apart().map(|(bare, needles)| (Some(bare), needles));
        exact
            .chain(apart)
            .any(|(bare, needles)| self.hold(tape, bare, needles))
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

    fn hold(&self, tape: &Tape<'_>, bare: Option<Bare>, needles: &Needles) -> bool {
        let read = Read::of(tape, bare);
        if needles.are_in(&read.bytes) {
            return true;
        }
        let mut together = Vec::with_capacity(read.bytes.len());
        self.orders(tape).any(|ordinals| {
            together.clear();
            for ordinal in ordinals {
                together.extend_from_slice(read.text(*ordinal));
            }
            needles.are_in(&together)
        })
    }
}

/// All texts one after the other, as they are or without what can be put between letters.
struct Read {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Read {
    fn of(tape: &Tape<'_>, bare: Option<Bare>) -> Self {
        let texts = tape.texts();
        let mut ends = Vec::with_capacity(texts.len());
        let room = texts.iter().map(|leaf| leaf.text.len()).sum();
        let Some(bare) = bare else {
            let mut bytes = Vec::with_capacity(room);
            for leaf in texts {
                bytes.extend_from_slice(leaf.text.as_bytes());
                ends.push(bytes.len());
            }
            return Self { bytes, ends };
        };
        let mut bytes = vec![0; room];
        let mut used = 0;
        for leaf in texts {
            used += bare.put(&leaf.text, bytes.get_mut(used..).unwrap_or_default());
            ends.push(used);
        }
        bytes.truncate(used);
        Self { bytes, ends }
    }

    fn text(&self, ordinal: usize) -> &[u8] {
        let end = self.ends.get(ordinal).copied().unwrap_or(0);
        let before = ordinal.checked_sub(1).and_then(|at| self.ends.get(at));
        let start = before.copied().unwrap_or(0);
        self.bytes.get(start..end).unwrap_or_default()
    }
}
