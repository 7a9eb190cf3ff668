//! The strict reader: one text, one meaning, or a named fault with its byte offset.
//! Knows nothing of MCP; who asks says which bounds hold.

use std::borrow::Cow;

use thiserror::Error;

use super::Json;
use super::build::{Build, Place, Tree};
use super::keys::Keys;
use super::scan::plain_len;

/// Bounds and strictness of one reading.
#[derive(Clone, Copy, Debug)]
pub struct JsonRules {
    /// Largest text, in bytes.
    pub bytes_max: usize,
    /// Deepest nesting of arrays and objects.
    pub depth_max: usize,
    /// Most values: each costs many times the two bytes that it may be written in.
    pub values_max: usize,
    /// Whether two keys of one object may differ in letter case alone.
    pub case_variants: bool,
    /// Whether strings may hold NUL.
    pub nul: bool,
}

impl JsonRules {
    /// The same for texts of another length: in proportion, longer ones may hold more values.
    #[must_use]
    pub fn of_bytes(self, bytes_max: usize) -> Self {
        let values = bytes_max / BYTES_OF_A_VALUE;
        Self {
            bytes_max,
            values_max: self.values_max.max(values),
            ..self
        }
    }
}

/// How many bytes of a long text there are for each of its values at least, on the average.
pub(crate) const BYTES_OF_A_VALUE: usize = 8;

/// Why a text is not read.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum JsonFault {
    /// Longer than the bound.
    #[error("text is longer than the bound")]
    TooLong,
    /// Not UTF-8.
    #[error("text is not UTF-8 at byte {0}")]
    NotUtf8(usize),
    /// Not JSON.
    #[error("text is not JSON at byte {0}")]
    Syntax(usize),
    /// Nested too deeply.
    #[error("nested too deeply at byte {0}")]
    TooDeep(usize),
    /// More values than the bound.
    #[error("more values than the bound at byte {0}")]
    TooMany(usize),
    /// The same key twice in one object.
    #[error("duplicate key at byte {0}")]
    DuplicateKey(usize),
    /// Two keys of one object that differ in letter case alone.
    #[error("keys that differ in case alone at byte {0}")]
    CaseVariantKey(usize),
    /// A surrogate without its pair.
    #[error("lone surrogate at byte {0}")]
    LoneSurrogate(usize),
    /// NUL inside a string.
    #[error("NUL in a string at byte {0}")]
    Nul(usize),
    /// More after the value.
    #[error("more text after the value at byte {0}")]
    Trailing(usize),
}

/// Reads one JSON text.
///
/// # Errors
/// The first fault found, with its byte offset.
pub fn parse(bytes: &[u8], rules: &JsonRules) -> Result<Json, JsonFault> {
    if bytes.len() > rules.bytes_max {
        return Err(JsonFault::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|e| JsonFault::NotUtf8(e.valid_up_to()))?;
    read(text, rules, &mut Tree)
}

/// Reads one JSON text into whatever the builder makes of it.
///
/// # Errors
/// As [`parse`].
pub(crate) fn read<'a, B: Build<'a>>(
    text: &'a str,
    rules: &'a JsonRules,
    build: &mut B,
) -> Result<B::Value, JsonFault> {
    if text.len() > rules.bytes_max {
        return Err(JsonFault::TooLong);
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        rules,
        keys: Keys::new(rules.case_variants),
        left: rules.values_max,
        wide: 0,
        build,
    };
    reader.skip_space();
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        Err(JsonFault::Trailing(reader.at))
    } else {
        Ok(value)
    }
}

/// Most members that room is made for at once.
const FEW_MEMBERS: usize = 24;

struct Reader<'a, 'b, B> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    rules: &'a JsonRules,
    keys: Keys<'a>,
    /// How many values may still come.
    left: usize,
    /// Members of the latest object, a few at most: the next row has as many.
    wide: usize,
    build: &'b mut B,
}

impl<'a, B: Build<'a>> Reader<'a, '_, B> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn slice(&self, from: usize, to: usize) -> Result<&'a str, JsonFault> {
        self.text.get(from..to).ok_or(JsonFault::Syntax(from))
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonFault> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(JsonFault::Syntax(self.at))
    }

    fn value(&mut self, depth: usize) -> Result<B::Value, JsonFault> {
        if depth > self.rules.depth_max {
            return Err(JsonFault::TooDeep(self.at));
        }
        self.left = self
            .left
            .checked_sub(1)
            .ok_or(JsonFault::TooMany(self.at))?;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => {
                if let Some(text) = self.plain() {
                    let place = self.place_of(text);
                    return Ok(self.build.string(Cow::Borrowed(text), place));
                }
                let (text, place) = self.escaped()?;
                Ok(self.build.string(text, place))
            }
            Some(b't') => self.word("true", Some(true)),
            Some(b'f') => self.word("false", Some(false)),
            Some(b'n') => self.word("null", None),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(JsonFault::Syntax(self.at)),
        }
    }

    fn word(&mut self, word: &str, flag: Option<bool>) -> Result<B::Value, JsonFault> {
        if self
            .bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word.as_bytes()))
        {
            self.at += word.len();
            return Ok(self.build.word(flag));
        }
        Err(JsonFault::Syntax(self.at))
    }

    fn array(&mut self, depth: usize) -> Result<B::Value, JsonFault> {
        self.expect(b'[')?;
        let mut list = self.build.list();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(self.build.listed(list));
        }
        loop {
            self.skip_space();
            let value = self.value(depth + 1)?;
            self.build.item(&mut list, value);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(self.build.listed(list));
                }
                _ => return Err(JsonFault::Syntax(self.at)),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<B::Value, JsonFault> {
        self.expect(b'{')?;
        let mut record = self.build.record(self.wide);
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(self.build.recorded(record, 0));
        }
        let before = self.keys.open();
        loop {
            self.skip_space();
            let start = self.at;
            if let Some(key) = self.plain() {
                self.keys.add(Cow::Borrowed(key), start)?;
                let place = self.place_of(key);
                self.build.key(&mut record, Cow::Borrowed(key), place);
            } else {
                let (key, place) = self.escaped()?;
                self.keys.add(key.clone(), start)?;
                self.build.key(&mut record, key, place);
            }
            self.skip_space();
            self.expect(b':')?;
            self.skip_space();
            let value = self.value(depth + 1)?;
            self.build.member(&mut record, value);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    let (members, form) = self.keys.close(before);
                    self.wide = members.min(FEW_MEMBERS);
                    return Ok(self.build.recorded(record, form));
                }
                _ => return Err(JsonFault::Syntax(self.at)),
            }
        }
    }

    fn number(&mut self) -> Result<B::Value, JsonFault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(JsonFault::Syntax(self.at)),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let place = Place {
            at: start,
            bytes: self.at - start,
        };
        let lexeme = self.slice(start, self.at)?;
        Ok(self.build.number(lexeme, place))
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            Err(JsonFault::Syntax(start))
        } else {
            Ok(())
        }
    }

    /// A string as it stands in the source, if one begins here and nothing in it is escaped. Two words: what is more
    /// would be written and read back.
    #[inline]
    fn plain(&mut self) -> Option<&'a str> {
        let (quote, rest) = self.bytes.get(self.at..)?.split_first()?;
        let length = plain_len(rest);
        if *quote != b'"' || rest.get(length) != Some(&b'"') {
            return None;
        }
        let begin = self.at + 1;
        let plain = self.text.get(begin..begin + length)?;
        self.at = begin + length + 1;
        Some(plain)
    }

    /// Where the plain string stands that ends here.
    fn place_of(&self, plain: &str) -> Place {
        Place {
            at: self.at.saturating_sub(plain.len() + 1),
            bytes: plain.len(),
        }
    }

    /// A string that may hold escapes.
    fn escaped(&mut self) -> Result<(Cow<'a, str>, Place), JsonFault> {
        self.expect(b'"')?;
        let begin = self.at;
        let mut out = String::new();
        loop {
            let start = self.at;
            self.at += plain_len(self.bytes.get(start..).unwrap_or_default());
            out.push_str(self.slice(start, self.at)?);
            match self.peek() {
                Some(b'"') => {
                    let bytes = self.at - begin;
                    self.at += 1;
                    return Ok((Cow::Owned(out), Place { at: begin, bytes }));
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(JsonFault::Syntax(self.at)),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonFault> {
        let start = self.at;
        self.expect(b'\\')?;
        let byte = self.peek().ok_or(JsonFault::Syntax(start))?;
        self.at += 1;
        let plain = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode(start)?,
            _ => return Err(JsonFault::Syntax(start)),
        };
        if plain == '\0' && !self.rules.nul {
            Err(JsonFault::Nul(start))
        } else {
            Ok(plain)
        }
    }

    fn unicode(&mut self, start: usize) -> Result<char, JsonFault> {
        let high = self.hex4()?;
        if !(0xD800..=0xDFFF).contains(&high) {
            return char::from_u32(high).ok_or(JsonFault::LoneSurrogate(start));
        }
        if high >= 0xDC00 || self.slice(self.at, self.at + 2) != Ok("\\u") {
            return Err(JsonFault::LoneSurrogate(start));
        }
        self.at += 2;
        let low = self.hex4()?;
        if !(0xDC00..=0xDFFF).contains(&low) {
            return Err(JsonFault::LoneSurrogate(start));
        }
        char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))
            .ok_or(JsonFault::LoneSurrogate(start))
    }

    fn hex4(&mut self) -> Result<u32, JsonFault> {
        let digits = self
            .slice(self.at, self.at + 4)
            .map_err(|_| JsonFault::Syntax(self.at))?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JsonFault::Syntax(self.at));
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| JsonFault::Syntax(self.at))?;
        self.at += 4;
        Ok(value)
    }
}
