//! Writes JSON compactly; what was read and not changed is written back exactly.
//! Knows nothing of pretty printing.

use std::fmt::{self, Write};

use super::scan::plain_len;
use super::{Json, Object};

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write_to(&mut out);
        f.write_str(&out)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        write_object(self, &mut out);
        f.write_str(&out)
    }
}

impl Object {
    /// The compact form. `to_string` writes it twice.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        write_object(self, &mut out);
        out
    }

    /// Appends the compact form to `out`.
    pub fn write_to(&self, out: &mut String) {
        write_object(self, out);
    }
}

impl Json {
    /// The compact form. `to_string` writes it twice.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    /// Appends the compact form to `out`.
    pub fn write_to(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(number) => out.push_str(number.lexeme()),
            Self::String(text) => write_string(text, out),
            Self::Array(items) => write_items(items, out, Self::write_to),
            Self::Object(object) => write_object(object, out),
        }
    }

    /// How many bytes the compact form has.
    #[must_use]
    pub fn written_len(&self) -> usize {
        // Brackets, and a comma before each but the first.
        let around = |count: usize| 2 + count.saturating_sub(1);
        match self {
            Self::Null | Self::Bool(true) => 4,
            Self::Bool(false) => 5,
            Self::Number(number) => number.lexeme().len(),
            Self::String(text) => string_len(text),
            Self::Array(items) => {
                items.iter().map(Self::written_len).sum::<usize>() + around(items.len())
            }
            Self::Object(object) => {
                let one = |(key, value): (&str, &Json)| string_len(key) + 1 + value.written_len();
                object.iter().map(one).sum::<usize>() + around(object.len())
            }
        }
    }

    /// RFC 8785 order (keys by UTF-16 code units) for digests; numbers stay lexemes,
    /// so two spellings of one number have two digests.
    #[must_use]
    pub fn to_canonical(&self) -> String {
        let mut out = String::new();
        self.write_canonical(&mut out);
        out
    }

    fn write_canonical(&self, out: &mut String) {
        match self {
            Self::Array(items) => write_items(items, out, Self::write_canonical),
            Self::Object(object) => {
                let mut pairs: Vec<_> = object.iter().collect();
                pairs.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
                write_pairs(pairs.into_iter(), out, Self::write_canonical);
            }
            other => other.write_to(out),
        }
    }
}

type WriteValue = fn(&Json, &mut String);

fn write_items(items: &[Json], out: &mut String, write: WriteValue) {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

fn write_object(object: &Object, out: &mut String) {
    write_pairs(object.iter(), out, Json::write_to);
}

fn write_pairs<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a Json)>,
    out: &mut String,
    write: WriteValue,
) {
    out.push('{');
    for (at, (key, value)) in pairs.enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

/// Bytes of a string with its quotes.
fn string_len(text: &str) -> usize {
    let mut len = text.len() + 2;
    let mut rest = text.as_bytes();
    while let Some((special, after)) = rest.get(plain_len(rest)..).and_then(<[u8]>::split_first) {
        len += match special {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x8 | 0xC => 1,
            _ => 5,
        };
        rest = after;
    }
    len
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    write_plain(text, out);
    out.push('"');
}

/// Appends what stands between the quotes of a string.
pub(crate) fn write_plain(text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        let (plain, tail) = rest.split_at(plain_len(rest.as_bytes()));
        out.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(control) => {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            None => break,
        }
        rest = chars.as_str();
    }
}
