//! The strict reader: one text, one meaning, or a named fault with its byte offset.
//! Knows nothing of MCP; who asks says which bounds hold.

use std::collections::HashSet;

use thiserror::Error;

use super::scan::plain_len;
use super::{Json, Number, Object};

/// Bounds and strictness of one reading.
#[derive(Clone, Copy, Debug)]
pub struct JsonRules {
    /// Largest text, in bytes.
    pub bytes_max: usize,
    /// Deepest nesting of arrays and objects.
    pub depth_max: usize,
    /// Whether two keys of one object may differ in letter case alone.
    pub case_variants: bool,
    /// Whether strings may hold NUL.
    pub nul: bool,
}

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
    let mut reader = Reader {
        text,
        at: 0,
        rules,
        wide: 0,
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

struct Reader<'a> {
    text: &'a str,
    at: usize,
    rules: &'a JsonRules,
    /// Members of the latest object, a few at most: the next row has as many.
    wide: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
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

    fn value(&mut self, depth: usize) -> Result<Json, JsonFault> {
        if depth > self.rules.depth_max {
            return Err(JsonFault::TooDeep(self.at));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(JsonFault::Syntax(self.at)),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, JsonFault> {
        if self
            .text
            .as_bytes()
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word.as_bytes()))
        {
            self.at += word.len();
            return Ok(value);
        }
        Err(JsonFault::Syntax(self.at))
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonFault> {
        self.expect(b'[')?;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Json::Array(items));
                }
                _ => return Err(JsonFault::Syntax(self.at)),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonFault> {
        self.expect(b'{')?;
        let mut object = Object::new();
        let mut seen = Keys::default();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(object));
        }
        object.reserve(self.wide);
        loop {
            self.skip_space();
            let start = self.at;
            let key = self.string()?;
            seen.add(&object, &key, start, self.rules.case_variants)?;
            self.skip_space();
            self.expect(b':')?;
            self.skip_space();
            let value = self.value(depth + 1)?;
            object.push_unique(key, value);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    self.wide = object.len().min(FEW_MEMBERS);
                    return Ok(Json::Object(object));
                }
                _ => return Err(JsonFault::Syntax(self.at)),
            }
        }
    }

    fn number(&mut self) -> Result<Json, JsonFault> {
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
        Ok(Json::Number(Number::from_lexeme(
            self.slice(start, self.at)?,
        )))
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

    fn string(&mut self) -> Result<String, JsonFault> {
        self.expect(b'"')?;
        // Most strings are plain: found whole and copied once.
        let length = plain_len(self.text.as_bytes().get(self.at..).unwrap_or_default());
        if self.text.as_bytes().get(self.at + length) == Some(&b'"') {
            let plain = self.slice(self.at, self.at + length)?.to_owned();
            self.at += length + 1;
            return Ok(plain);
        }
        let mut out = String::new();
        loop {
            let start = self.at;
            self.at += plain_len(self.text.as_bytes().get(start..).unwrap_or_default());
            out.push_str(self.slice(start, self.at)?);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
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

/// Most members that are compared one by one; beyond that, keys are kept in a set.
const FEW_MEMBERS: usize = 24;

/// The keys of one object so far, where they are many or may not differ in case alone.
#[derive(Default)]
struct Keys {
    exact: HashSet<String>,
    folded: HashSet<String>,
}

impl Keys {
    fn add(
        &mut self,
        object: &Object,
        key: &str,
        at: usize,
        variants: bool,
    ) -> Result<(), JsonFault> {
        let known = if object.len() < FEW_MEMBERS {
            object.get(key).is_some()
        } else {
            if self.exact.is_empty() {
                self.exact.extend(object.keys().map(str::to_owned));
            }
            !self.exact.insert(key.to_owned())
        };
        if known {
            return Err(JsonFault::DuplicateKey(at));
        }
        // Upper then lower folds `ſ` and the Kelvin sign as case-insensitive decoders do.
        if !variants && !self.folded.insert(key.to_uppercase().to_lowercase()) {
            return Err(JsonFault::CaseVariantKey(at));
        }
        Ok(())
    }
}
