//! A JSON value as two flat lists: its texts in their order, and the shape that holds them.
//! Knows nothing of what is searched for. Texts are borrowed from what was given.

use std::borrow::Cow;

use crate::json::{Build, Json, JsonFault, Place, read};
use crate::limits;

/// Bytes of a source for which room for one text is made at once: most sources of rows have no more texts.
const TEXT_BYTES: usize = 12;

/// Longest source whose leaves have a place: what is read as a whole is far shorter.
const SOURCE_BYTES_MAX: usize = 1 << 30;

/// What a node of the tape is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `null`, `true` or `false`: no text.
    Word,
    /// A string or a number.
    Text,
    Array,
    Object,
}

#[derive(Clone, Copy)]
struct Node {
    shape: Shape,
    /// Objects of one form have the same keys in the same order; of form 0 nothing is known.
    form: u32,
    /// Items or members.
    count: usize,
    /// The first text at or after this node.
    ordinal: usize,
    /// The node after this one and all below it.
    next: usize,
}

/// A key, string or number.
pub(super) struct Leaf<'j> {
    pub(super) text: Cow<'j, str>,
    /// Where it stands in the source, where there is one.
    at: u32,
    /// How many bytes it has there, twice, and one more where it is a number: there are many leaves.
    written: u32,
}

impl<'j> Leaf<'j> {
    fn new(text: Cow<'j, str>, number: bool, place: Place) -> Self {
        let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            text,
            at: small(place.at),
            written: small(place.bytes) << 1 | u32::from(number),
        }
    }

    pub(super) fn is_number(&self) -> bool {
        self.written & 1 == 1
    }

    /// Where it stands in the source, where there is one.
    pub(super) fn place(&self) -> Place {
        let wide = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        Place {
            at: wide(self.at),
            bytes: wide(self.written >> 1),
        }
    }
}

/// A value whose texts can be asked for by their ordinal.
#[derive(Default)]
pub(super) struct Tape<'j> {
    nodes: Vec<Node>,
    texts: Vec<Leaf<'j>>,
    /// It is read in pieces, each of which counts its own forms.
    pieces: bool,
    /// Where in the source begins what is read now.
    offset: usize,
}

impl<'j> Tape<'j> {
    /// The tape of a value.
    pub(super) fn of(value: &'j Json) -> Self {
        let mut tape = Self::default();
        tape.add(value, 0);
        tape
    }

    /// The tape of one text alone.
    pub(super) fn of_text(text: &'j str) -> Self {
        let mut tape = Self::default();
        tape.string(Cow::Borrowed(text), Place::default());
        tape
    }

    /// Reads the tape of a source; see [`crate::json::parse`] for what is not read.
    pub(super) fn read(source: &'j str) -> Result<Self, JsonFault> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(JsonFault::TooLong);
        }
        let room = source.len() / TEXT_BYTES;
        let mut tape = Self {
            nodes: Vec::with_capacity(room),
            texts: Vec::with_capacity(room),
            pieces: false,
            offset: 0,
        };
        read(source, &limits::RESPONSE_RULES, &mut tape)?;
        Ok(tape)
    }

    /// The list of the values that stand on the lines from `from` on, up to the first line that is none, and
    /// where that begins.
    pub(super) fn read_lines(source: &'j str, from: usize) -> (Self, usize) {
        let rules = &limits::LINE_RULES;
        let mut tape = Self {
            pieces: true,
            ..Self::default()
        };
        let root = tape.push(Shape::Array);
        let (mut at, mut count) = (from, 0);
        // A leaf has no room for a place further on.
        if source.len() > SOURCE_BYTES_MAX {
            tape.close((root, 0));
            return (tape, from);
        }
        for line in source.get(from..).unwrap_or_default().split_inclusive('\n') {
            if !line.trim_ascii().is_empty() {
                let (nodes, texts) = (tape.nodes.len(), tape.texts.len());
                tape.offset = at;
                if read(line, rules, &mut tape).is_err() {
                    tape.nodes.truncate(nodes);
                    tape.texts.truncate(texts);
                    break;
                }
                count += 1;
            }
            at += line.len();
        }
        tape.close((root, count));
        (tape, at)
    }

    /// The whole value.
    pub(super) fn root(&self) -> Value<'_, 'j> {
        Value { tape: self, at: 0 }
    }

    /// The nth text; empty beyond the last.
    pub(super) fn text(&self, ordinal: usize) -> &str {
        self.texts.get(ordinal).map_or("", |leaf| &leaf.text)
    }

    /// All texts in their order.
    pub(super) fn texts(&self) -> &[Leaf<'j>] {
        &self.texts
    }

    /// The same shape with other texts: the nth is what `change` makes of it, and a number that changed a string.
    pub(super) fn changed<'c>(
        &'c self,
        mut change: impl FnMut(usize) -> Option<Cow<'c, str>>,
    ) -> Tape<'c> {
        let one = |(ordinal, leaf): (usize, &'c Leaf<'j>)| {
            let text = change(ordinal);
            let number = leaf.is_number() && text.is_none();
            let text = text.unwrap_or(Cow::Borrowed(&leaf.text));
            Leaf::new(text, number, leaf.place())
        };
        let mut nodes = self.nodes.clone();
        // A key may be another.
        nodes.iter_mut().for_each(|node| node.form = 0);
        Tape {
            nodes,
            texts: self.texts.iter().enumerate().map(one).collect(),
            pieces: self.pieces,
            offset: self.offset,
        }
    }

    #[inline]
    fn push(&mut self, shape: Shape) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node {
            shape,
            form: 0,
            count: 0,
            ordinal: self.texts.len(),
            next: at + 1,
        });
        at
    }

    fn close(&mut self, (at, count): (usize, usize)) {
        let next = self.nodes.len();
        if let Some(node) = self.nodes.get_mut(at) {
            node.count = count;
            node.next = next;
        }
    }

    #[inline]
    fn leaf(&mut self, text: Cow<'j, str>, number: bool, mut place: Place) {
        place.at += self.offset;
        self.texts.push(Leaf::new(text, number, place));
    }

    fn add(&mut self, value: &'j Json, depth: usize) {
        match value {
            // The walk ends there with an error.
            _ if depth > limits::JSON_DEPTH_MAX => self.word(None),
            Json::Null | Json::Bool(_) => self.word(None),
            Json::Number(number) => Build::number(self, number.lexeme(), Place::default()),
            Json::String(text) => self.string(Cow::Borrowed(text), Place::default()),
            Json::Array(items) => {
                let at = self.push(Shape::Array);
                items.iter().for_each(|item| self.add(item, depth + 1));
                self.close((at, items.len()));
            }
            Json::Object(object) => {
                let at = self.push(Shape::Object);
                for (key, member) in object.iter() {
                    self.leaf(Cow::Borrowed(key), false, Place::default());
                    self.add(member, depth + 1);
                }
                self.close((at, object.len()));
            }
        }
    }
}

impl<'j> Build<'j> for Tape<'j> {
    type Value = ();
    type List = (usize, usize);
    type Record = (usize, usize);

    fn word(&mut self, _: Option<bool>) {
        self.push(Shape::Word);
    }

    fn number(&mut self, lexeme: &'j str, place: Place) {
        self.push(Shape::Text);
        self.leaf(Cow::Borrowed(lexeme), true, place);
    }

    fn string(&mut self, text: Cow<'j, str>, place: Place) {
        self.push(Shape::Text);
        self.leaf(text, false, place);
    }

    fn list(&mut self) -> (usize, usize) {
        (self.push(Shape::Array), 0)
    }

    fn item(&mut self, list: &mut (usize, usize), (): ()) {
        list.1 += 1;
    }

    fn listed(&mut self, list: (usize, usize)) {
        self.close(list);
    }

    fn record(&mut self, _: usize) -> (usize, usize) {
        (self.push(Shape::Object), 0)
    }

    fn key(&mut self, record: &mut (usize, usize), key: Cow<'j, str>, place: Place) {
        self.leaf(key, false, place);
        record.1 += 1;
    }

    fn member(&mut self, _: &mut (usize, usize), (): ()) {}

    fn recorded(&mut self, record: (usize, usize), form: u32) {
        self.close(record);
        if let Some(node) = self.nodes.get_mut(record.0).filter(|_| !self.pieces) {
            node.form = form;
        }
    }
}

/// One value of a tape.
#[derive(Clone, Copy)]
pub(super) struct Value<'t, 'j> {
    tape: &'t Tape<'j>,
    at: usize,
}

impl<'t, 'j> Value<'t, 'j> {
    fn node(self) -> Node {
        let nothing = Node {
            shape: Shape::Word,
            form: 0,
            count: 0,
            ordinal: 0,
            next: self.at + 1,
        };
        self.tape.nodes.get(self.at).copied().unwrap_or(nothing)
    }

    pub(super) fn shape(self) -> Shape {
        self.node().shape
    }

    /// Items of an array or members of an object; 0 for all else.
    pub(super) fn len(self) -> usize {
        self.node().count
    }

    /// The form of an object: no two of a tape have the same form and not the same keys; 0 where none is known.
    pub(super) fn form(self) -> u32 {
        self.node().form
    }

    /// The first text after the value.
    pub(super) fn after(self) -> usize {
        let next = self.tape.nodes.get(self.node().next);
        next.map_or(self.tape.texts.len(), |next| next.ordinal)
    }

    /// The first text in or after the value: of a string or number its own.
    pub(super) fn ordinal(self) -> usize {
        self.node().ordinal
    }

    /// The key over a member of an object.
    pub(super) fn key(self) -> Option<&'t Leaf<'j>> {
        self.tape.texts.get(self.ordinal().checked_sub(1)?)
    }

    /// The string or number as it is.
    pub(super) fn leaf(self) -> Option<&'t Leaf<'j>> {
        let node = self.node();
        let leaf = self.tape.texts.get(node.ordinal);
        leaf.filter(|_| node.shape == Shape::Text)
    }

    /// The string.
    pub(super) fn as_str(self) -> Option<&'t str> {
        let leaf = self.leaf().filter(|leaf| !leaf.is_number());
        leaf.map(|leaf| leaf.text.as_ref())
    }

    /// The number as written.
    pub(super) fn as_number(self) -> Option<&'t str> {
        let leaf = self.leaf().filter(|leaf| leaf.is_number());
        leaf.map(|leaf| leaf.text.as_ref())
    }

    /// Whether it is an array of rows of cells and nothing else.
    pub(super) fn is_rows(self) -> bool {
        self.shape() == Shape::Array
            && self.len() > 0
            && self.items().all(|item| item.shape() == Shape::Array)
    }

    /// Whether it holds others.
    pub(super) fn is_nested(self) -> bool {
        matches!(self.shape(), Shape::Array | Shape::Object)
    }

    /// The items of an array; nothing for all else.
    pub(super) fn items(self) -> impl Iterator<Item = Value<'t, 'j>> + Clone {
        let node = self.node();
        let count = if node.shape == Shape::Array {
            node.count
        } else {
            0
        };
        Below {
            tape: self.tape,
            at: self.at + 1,
            left: count,
        }
    }

    /// The values of the members of an object; nothing for all else.
    pub(super) fn values(self) -> impl Iterator<Item = Value<'t, 'j>> + Clone {
        let node = self.node();
        let count = if node.shape == Shape::Object {
            node.count
        } else {
            0
        };
        Below {
            tape: self.tape,
            at: self.at + 1,
            left: count,
        }
    }

    /// The members of an object with their keys; nothing for all else.
    pub(super) fn members(self) -> impl Iterator<Item = (&'t str, Value<'t, 'j>)> + Clone {
        self.values()
            .map(|value| (value.key().map_or("", |key| key.text.as_ref()), value))
    }
}

/// Values that stand one after the other.
#[derive(Clone)]
struct Below<'t, 'j> {
    tape: &'t Tape<'j>,
    at: usize,
    left: usize,
}

impl<'t, 'j> Iterator for Below<'t, 'j> {
    type Item = Value<'t, 'j>;

    fn next(&mut self) -> Option<Value<'t, 'j>> {
        self.left = self.left.checked_sub(1)?;
        let value = Value {
            tape: self.tape,
            at: self.at,
        };
        self.at = value.node().next;
        Some(value)
    }
}
