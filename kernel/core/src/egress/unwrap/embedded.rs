//! JSON inside a text: one value, or one a line, with the way back to its bytes.
//! Knows nothing of what is searched for in it.

use std::borrow::Cow;

use crate::egress::tape::Tape;
use crate::egress::view::View;

/// One JSON value inside a text.
pub(in crate::egress) struct Embedded<'t> {
    pub(in crate::egress) tape: Tape<'t>,
    /// Where it begins in the text.
    offset: usize,
}

/// The values of `text`, if it is JSON or lines of JSON; empty where it is neither.
pub(in crate::egress) fn values(text: &str) -> Vec<Embedded<'_>> {
    if let Some(whole) = value(text, 0) {
        return vec![whole];
    }
    let mut values = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if !bare.is_empty() {
            let start = at + (line.len() - line.trim_start().len());
            match value(bare, start) {
                Some(one) => values.push(one),
                None => return Vec::new(),
            }
        }
        at += line.len();
    }
    values
}

/// Whether a text begins like a JSON array or object, or is a JSON string that may hold one.
pub(in crate::egress) fn may_be(text: &str) -> bool {
    let bare = text.trim_ascii();
    matches!(
        (bare.bytes().next(), bare.bytes().next_back()),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')) | (Some(b'"'), Some(b'"'))
    ) && bare.len() > 2
}

fn value(text: &str, offset: usize) -> Option<Embedded<'_>> {
    if !may_be(text) {
        return None;
    }
    let tape = Tape::read(text).ok()?;
    Some(Embedded { tape, offset })
}

impl Embedded<'_> {
    /// Bytes of `text` behind a span of the nth string or number, and whether the place is a
    /// number's, so that what replaces it needs quotes. A number has no parts. `latest` keeps the string that was
    /// unescaped last: who asks for the strings in their order has each unescaped once.
    pub(in crate::egress) fn source(
        &self,
        text: &str,
        (ordinal, start, end): (usize, usize, usize),
        latest: &mut Latest,
    ) -> Option<(usize, usize, bool)> {
        let leaf = self.tape.texts().get(ordinal)?;
        let first = self.offset + leaf.place().at;
        if leaf.is_number() {
            return Some((first, first + leaf.place().bytes, true));
        }
        let raw = text.get(first..first + leaf.place().bytes)?;
        // What was borrowed holds no escape.
        if matches!(leaf.text, Cow::Borrowed(_)) {
            return Some((first + start, first + end, false));
        }
        let (from, to) = latest.of(ordinal, raw).source(start, end);
        Some((first + from, first + to, false))
    }
}

/// The string that was unescaped last, by its ordinal.
#[derive(Default)]
pub(in crate::egress) struct Latest(Option<(usize, View)>);

impl Latest {
    /// The nth string, unescaped, with the way back to its source `raw`.
    pub(in crate::egress) fn of(&mut self, ordinal: usize, raw: &str) -> &View {
        if self.0.as_ref().is_some_and(|(known, _)| *known != ordinal) {
            self.0 = None;
        }
        let (_, view) = self.0.get_or_insert_with(|| (ordinal, unescaped(raw)));
        view
    }
}

/// A JSON string's text with the way back to its source. The source has been parsed before.
fn unescaped(raw: &str) -> View {
    let mut view = View::with_capacity(raw.len());
    let mut at = 0;
    while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        view.copy(rest.get(..plain).unwrap_or_default(), at);
        at += plain;
        let Some(escape) = rest.get(plain..).filter(|escape| !escape.is_empty()) else {
            break;
        };
        let (c, length) = one(escape);
        view.put(c, at, length);
        at += length;
    }
    view
}

fn one(escape: &str) -> (char, usize) {
    let hex = |from: usize| {
        escape
            .get(from..from + 4)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .unwrap_or(0)
    };
    match escape.as_bytes().get(1) {
        Some(b'u') => {
            let high = hex(2);
            if (0xD800..0xDC00).contains(&high) {
                let code = 0x1_0000 + ((high & 0x3FF) << 10) + (hex(8) & 0x3FF);
                (
                    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                    12,
                )
            } else {
                (
                    char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER),
                    6,
                )
            }
        }
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(other) => (char::from(*other), 2),
        None => ('\\', 1),
    }
}
