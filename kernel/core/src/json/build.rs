//! What a reading becomes: the reader says what it meets, a builder makes values of it.
//! Knows nothing of syntax.

use std::borrow::Cow;

use super::{Json, Key, Number, Object};

/// Where a string or number stands in the source: the bytes of the lexeme, quotes left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// First byte.
    pub(crate) at: usize,
    /// Bytes as written, escapes and all.
    pub(crate) bytes: usize,
}

/// Makes values of what the reader meets, in the order of the source.
pub(crate) trait Build<'a> {
    /// One value.
    type Value;
    /// An array that is not closed yet.
    type List;
    /// An object that is not closed yet.
    type Record;

    /// `null`, `true` or `false`.
    fn word(&mut self, flag: Option<bool>) -> Self::Value;
    /// A number as written.
    fn number(&mut self, lexeme: &'a str, place: Place) -> Self::Value;
    /// A string, unescaped.
    fn string(&mut self, text: Cow<'a, str>, place: Place) -> Self::Value;
    /// Opens an array.
    fn list(&mut self) -> Self::List;
    /// Adds an item that was just built.
    fn item(&mut self, list: &mut Self::List, value: Self::Value);
    /// Closes an array.
    fn listed(&mut self, list: Self::List) -> Self::Value;
    /// Opens an object that may have about so many members.
    fn record(&mut self, members: usize) -> Self::Record;
    /// The key of the next member, which is unlike every other.
    fn key(&mut self, record: &mut Self::Record, key: Cow<'a, str>, place: Place);
    /// The value of the latest key.
    fn member(&mut self, record: &mut Self::Record, value: Self::Value);
    /// Closes an object. Two objects of one reading that have the same form above 0 have the same keys in the same order.
    fn recorded(&mut self, record: Self::Record, form: u32) -> Self::Value;
}

/// Builds [`Json`].
pub(super) struct Tree;

impl<'a> Build<'a> for Tree {
    type Value = Json;
    type List = Vec<Json>;
    type Record = (Object, Key);

    fn word(&mut self, flag: Option<bool>) -> Json {
        flag.map_or(Json::Null, Json::Bool)
    }

    fn number(&mut self, lexeme: &'a str, _: Place) -> Json {
        Json::Number(Number::from_lexeme(lexeme))
    }

    fn string(&mut self, text: Cow<'a, str>, _: Place) -> Json {
        Json::String(text.into_owned())
    }

    fn list(&mut self) -> Vec<Json> {
        Vec::new()
    }

    fn item(&mut self, list: &mut Vec<Json>, value: Json) {
        list.push(value);
    }

    fn listed(&mut self, list: Vec<Json>) -> Json {
        Json::Array(list)
    }

    fn record(&mut self, members: usize) -> (Object, Key) {
        let mut object = Object::new();
        object.reserve(members);
        (object, Key::default())
    }

    fn key(&mut self, record: &mut (Object, Key), key: Cow<'a, str>, _: Place) {
        record.1 = Key::from(key);
    }

    fn member(&mut self, (object, key): &mut (Object, Key), value: Json) {
        object.push_unique(std::mem::take(key), value);
    }

    fn recorded(&mut self, (object, _): (Object, Key), _: u32) -> Json {
        Json::Object(object)
    }
}
