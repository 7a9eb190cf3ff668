//! Reads a line in its canonical form alone (RFC 8785), in one pass and without building anything beside the record.
//! Knows nothing of records: the types that are read say which members there are.
//!
//! What it accepts is what serde would write again byte for byte: members in the order of their names, none of them
//! twice, no spaces, no `null`, integers in their one form. A string with an escape is handed back as [`Odd`], like
//! whatever else is unusual: the caller then reads the line the long way. So it may refuse too much, never too little.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess};
use serde::forward_to_deserialize_any;

/// The line is not canonical, or too unusual to be read in one pass.
#[derive(Debug)]
pub(super) struct Odd;

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
    // Most lines hold no escape: seen at once, so that a string then simply ends at the next quote.
    let mut odd = false;
    for byte in line {
        odd |= *byte < 0x20 || *byte == b'\\';
    }
    if odd {
        return Err(Odd);
    }
    let text = std::str::from_utf8(line).map_err(|_| Odd)?;
    let mut reader = Reader { rest: text };
    let value = T::deserialize(&mut reader)?;
    if reader.rest.is_empty() {
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

struct Reader<'de> {
    /// What is not read yet.
    rest: &'de str,
}

impl<'de> Reader<'de> {
    fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    /// Passes over so many bytes, behind which a character ends.
    #[inline]
    fn skip(&mut self, bytes: usize) -> Result<&'de str, Odd> {
        let (passed, rest) = self.rest.split_at_checked(bytes).ok_or(Odd)?;
        self.rest = rest;
        Ok(passed)
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Odd> {
        match self.peek() == Some(byte) {
            true => self.skip(1).map(|_| ()),
            false => Err(Odd),
        }
    }

    /// Whether another item follows in a list that ends with `end`.
    fn next_item(&mut self, first: &mut bool, end: u8) -> Result<bool, Odd> {
        let byte = self.peek().ok_or(Odd)?;
        if byte == end {
            self.skip(1)?;
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// A string; the line holds no escapes.
    #[inline]
    fn string(&mut self) -> Result<&'de str, Odd> {
        self.expect(b'"')?;
        let text = self.skip(before_quote(self.rest.as_bytes()))?;
        self.expect(b'"')?;
        Ok(text)
    }

    /// A natural number in its one form, at most 16 digits long: no record holds a longer one.
    fn natural(&mut self) -> Result<u64, Odd> {
        let rest = self.rest.as_bytes();
        let mut value = 0_u64;
        let mut digits = 0_usize;
        for byte in rest.iter().take_while(|byte| byte.is_ascii_digit()) {
            if digits == 16 {
                return Err(Odd);
            }
            value = value * 10 + u64::from(byte - b'0');
            digits += 1;
        }
        let zero_first = digits > 1 && rest.first() == Some(&b'0');
        if digits == 0 || zero_first {
            return Err(Odd);
        }
        self.skip(digits)?;
        Ok(value)
    }

    fn word(&mut self, word: &str) -> Result<(), Odd> {
        self.rest = self.rest.strip_prefix(word).ok_or(Odd)?;
        Ok(())
    }
}

/// How many bytes stand before the first quote. Most names end within eight bytes, most values long after.
#[inline]
fn before_quote(bytes: &[u8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    if let Some(eight) = bytes.first_chunk::<8>() {
        let other = u64::from_le_bytes(*eight) ^ (EACH * 0x22);
        // The lowest byte that is found is a true one: a borrow only disturbs the bytes above it.
        let found = other.wrapping_sub(EACH) & !other & (EACH * 0x80);
        if found != 0 {
            return usize::try_from(found.trailing_zeros() / 8).unwrap_or_default();
        }
    }
    memchr::memchr(b'"', bytes).unwrap_or(bytes.len())
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Odd;

    fn deserialize_any<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        match self.peek().ok_or(Odd)? {
            b'"' => visitor.visit_borrowed_str(self.string()?),
            b'0'..=b'9' => visitor.visit_u64(self.natural()?),
            b'{' => {
                self.skip(1)?;
                visitor.visit_map(Items::of(self))
            }
            b'[' => {
                self.skip(1)?;
                visitor.visit_seq(Items::of(self))
            }
            b't' => {
                self.word("true")?;
                visitor.visit_bool(true)
            }
            b'f' => {
                self.word("false")?;
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
    reader: &'r mut Reader<'de>,
    first: bool,
    name: &'de str,
}

impl<'r, 'de> Items<'r, 'de> {
    fn of(reader: &'r mut Reader<'de>) -> Self {
        Self {
            reader,
            first: true,
            name: "",
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Odd;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Odd> {
        if !self.reader.next_item(&mut self.first, b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Odd;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Odd> {
        if !self.reader.next_item(&mut self.first, b'}')? {
            return Ok(None);
        }
        let name = self.reader.string()?;
        self.reader.expect(b':')?;
        // Names are ASCII, for which the order of bytes is that of UTF-16 units. Most differ in the first one.
        let firsts = (self.name.as_bytes().first(), name.as_bytes().first());
        if firsts.0 >= firsts.1 && name <= self.name {
            return Err(Odd);
        }
        self.name = name;
        let name: BorrowedStrDeserializer<'de, Odd> = BorrowedStrDeserializer::new(name);
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Odd> {
        seed.deserialize(&mut *self.reader)
    }
}
