//! Reads a line in its canonical form alone (RFC 8785), in one pass and without building anything beside the record.
//! Knows nothing of records: the types that are read say which members there are.
//!
//! What it accepts is what serde would write again byte for byte: members in the order of their names, none of them
//! twice, no spaces, no `null`, integers in their one form.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess};
use serde::forward_to_deserialize_any;

use super::cursor::{Cursor, Odd};

impl std::fmt::Display for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not in canonical form")
    }
}

impl std::error::Error for Odd {}

impl de::Error for Odd {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
    // The default ones format what they were given, which nobody reads.
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
}

/// Reads the whole line as one value.
pub(super) fn read<'de, T: Deserialize<'de>>(line: &'de [u8]) -> Result<T, Odd> {
    let mut cursor = Cursor::over(line);
    let value = T::deserialize(&mut cursor)?;
    if cursor.is_done() {
        Ok(value)
    } else {
        Err(Odd)
    }
}

/// A list whose member is left out where it is empty: where the member is there, so is an item.
pub(super) fn filled<'de, T, D>(from: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let list = Vec::deserialize(from)?;
    if list.is_empty() {
        return Err(de::Error::custom("an empty list that is never written"));
    }
    Ok(list)
}

/// A flag whose member is left out where it is false.
pub(super) fn yes<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    match bool::deserialize(from)? {
        true => Ok(true),
        false => Err(de::Error::custom("a `false` that is never written")),
    }
}

impl<'de> Deserializer<'de> for &mut Cursor<'de> {
    type Error = Odd;

    fn deserialize_any<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        match self.peek().ok_or(Odd)? {
            b'"' => visitor.visit_borrowed_str(self.string()?),
            b'0'..=b'9' => visitor.visit_u64(self.natural()?),
            b'{' => {
                self.expect(b"{")?;
                visitor.visit_map(Items::of(self))
            }
            b'[' => {
                self.expect(b"[")?;
                visitor.visit_seq(Items::of(self))
            }
            b't' => {
                self.expect(b"true")?;
                visitor.visit_bool(true)
            }
            b'f' => {
                self.expect(b"false")?;
                visitor.visit_bool(false)
            }
            _ => Err(Odd),
        }
    }

    // A member that is there has a value: `null` is never written.
    fn deserialize_option<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Odd> {
        visitor.visit_newtype_struct(self)
    }

    // Closed sets of words are written as strings.
    fn deserialize_enum<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Odd> {
        let word: BorrowedStrDeserializer<'de, Odd> = BorrowedStrDeserializer::new(self.string()?);
        visitor.visit_enum(word)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// The items of a list or the members of an object.
struct Items<'r, 'de> {
    from: &'r mut Cursor<'de>,
    first: bool,
    name: &'de [u8],
}

impl<'r, 'de> Items<'r, 'de> {
    fn of(from: &'r mut Cursor<'de>) -> Self {
        Self {
            from,
            first: true,
            name: b"",
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Odd;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Odd> {
        if !self.from.next_item(&mut self.first, b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.from).map(Some)
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Odd;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Odd> {
        if !self.from.next_item(&mut self.first, b'}')? {
            return Ok(None);
        }
        let name = self.from.name(self.name)?;
        self.name = name;
        let name = std::str::from_utf8(name).map_err(|_| Odd)?;
        let name: BorrowedStrDeserializer<'de, Odd> = BorrowedStrDeserializer::new(name);
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Odd> {
        seed.deserialize(&mut *self.from)
    }
}
