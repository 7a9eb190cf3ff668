//! Values that a program names in its own way: dumps of variables, setters, conditions of queries, errors of data bases,
//! parts of forms, properties, what changed. Each as a cell under its name.
//! Knows nothing of what the names say.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::table::Table;

/// Longest name and longest value, in bytes.
const NAME_BYTES_MAX: usize = 48;
const VALUE_BYTES_MAX: usize = 512;
/// Most values of a list that are looked at, and most bytes between a name and its value.
const LIST_MAX: usize = 16;
const GAP_BYTES_MAX: usize = 160;

/// What sets the value of an element.
const SET: &str = ".value = ";

type Span = (usize, usize);

/// What stands between a name and its value, or before both.
struct Marks {
    dumped: Finder<'static>,
    keys: Finder<'static>,
    entry: Finder<'static>,
    part: Finder<'static>,
    property: Finder<'static>,
    conditions: [Finder<'static>; 6],
    changes: [Finder<'static>; 2],
}

static MARKS: LazyLock<Marks> = LazyLock::new(|| Marks {
    dumped: Finder::new("\"]=>"),
    keys: Finder::new(")=("),
    entry: Finder::new("' for key '"),
    part: Finder::new("form-data; name=\""),
    property: Finder::new("; } = \""),
    conditions: [" LIKE '", " like '", " <> '", " != '", " IN (", " in ("].map(Finder::new),
    changes: [" from \"", " from '"].map(Finder::new),
});

/// Every value of a text that has its name in one of these ways.
pub(in crate::egress) fn read(text: &str, brackets: bool) -> Vec<Table> {
    let mut found = Found {
        text,
        tables: Vec::new(),
    };
    let bytes = text.as_bytes();
    let marks = &*MARKS;
    for mark in &marks.conditions {
        let needle = mark.needle();
        for at in mark.find_iter(bytes) {
            found.condition(at, at + needle.len(), needle.ends_with(b"("));
        }
    }
    for mark in &marks.changes {
        for at in mark.find_iter(bytes) {
            found.change(at, at + mark.needle().len() - 1);
        }
    }
    for at in marks.entry.find_iter(bytes) {
        found.entry(at, at + marks.entry.needle().len());
    }
    for at in marks.part.find_iter(bytes) {
        found.part(at + marks.part.needle().len());
    }
    if brackets {
        for at in marks.dumped.find_iter(bytes) {
            found.dumped(at, at + marks.dumped.needle().len());
        }
        for at in marks.keys.find_iter(bytes) {
            found.keys(at, at + marks.keys.needle().len());
        }
        for at in marks.property.find_iter(bytes) {
            found.property(at, at + marks.property.needle().len() - 1);
        }
        for at in memchr::memchr_iter(b'(', bytes) {
            found.call(at);
        }
    }
    found.tables
}

struct Found<'t> {
    text: &'t str,
    tables: Vec<Table>,
}

impl Found<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn push(&mut self, (from, to): Span, values: Vec<Span>) {
        let name = self.text.get(from..to).unwrap_or_default().trim();
        if !name.is_empty() && !values.is_empty() {
            let rows = values.into_iter().map(|value| vec![value]).collect();
            self.tables.push(Table::new(vec![name.to_owned()], rows));
        }
    }

    /// Start of the name that ends at `end`.
    fn name_before(&self, end: usize) -> usize {
        let window = self
            .text
            .as_bytes()
            .get(end.saturating_sub(NAME_BYTES_MAX)..end);
        let name = |byte: &&u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || **byte >= 0x80
        };
        let length = window.unwrap_or_default().iter().rev().take_while(name);
        let mut start = end - length.count();
        // A window may begin within a letter.
        while start < end && !self.text.is_char_boundary(start) {
            start += 1;
        }
        start
    }

    /// What stands in the quotes that open at `open`.
    fn quoted(&self, open: usize) -> Option<Span> {
        let quote = self.byte(open);
        let start = open + 1;
        let limit = (start + VALUE_BYTES_MAX).min(self.text.len());
        let window = self.text.as_bytes().get(start..limit)?;
        let end = start + memchr::memchr2(quote, b'\n', window)?;
        (matches!(quote, b'"' | b'\'') && self.byte(end) == quote && end > start)
            .then_some((start, end))
    }

    /// First place from `at` on that is no blank.
    fn blanks(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let blank = |byte: &&u8| byte.is_ascii_whitespace();
        at + rest.iter().take(GAP_BYTES_MAX).take_while(blank).count()
    }

    /// `["ssn"]=> string(11) "…"`, as PHP prints a variable.
    fn dumped(&mut self, name_end: usize, from: usize) {
        let at = self.blanks(from);
        let rest = self.text.get(at..).unwrap_or_default();
        let value = if rest.starts_with("string(") {
            let digits = rest.bytes().skip(7).take(8).take_while(u8::is_ascii_digit);
            let open = at + 7 + digits.count() + 2;
            self.quoted(open).filter(|_| self.byte(open - 1) == b' ')
        } else {
            let open = rest.starts_with("int(").then_some(at + 4);
            open.and_then(|open| {
                let rest = self.text.as_bytes().get(open..)?;
                let digits = rest
                    .iter()
                    .take(20)
                    .take_while(|byte| byte.is_ascii_digit());
                Some((open, open + digits.count()))
            })
        };
        let start = self.name_before(name_end);
        self.push((start, name_end), value.into_iter().collect());
    }

    /// `ssn LIKE '…%'`, `ssn IN ('…', '…')`.
    fn condition(&mut self, name_end: usize, from: usize, list: bool) {
        let bare = self.text.get(..name_end).unwrap_or_default();
        let bare = bare
            .strip_suffix(" NOT")
            .or_else(|| bare.strip_suffix(" not"));
        let end = bare.map_or(name_end, str::len);
        let end = end - usize::from(matches!(self.byte(end.wrapping_sub(1)), b'"' | b'`' | b']'));
        let start = self.name_before(end);
        let mut values = Vec::new();
        let mut at = if list { self.blanks(from) } else { from - 1 };
        while values.len() < LIST_MAX
            && let Some((start, end)) = self.quoted(at)
        {
            let shown = self.text.get(start..end).unwrap_or_default();
            let lead = shown.len() - shown.trim_start_matches(['%', '_']).len();
            let length = shown.trim_matches('%').len();
            if lead <= 1 && length > 0 {
                values.push((start + lead, start + lead + length));
            }
            at = self.blanks(end + 1);
            if !list || self.byte(at) != b',' {
                break;
            }
            at = self.blanks(at + 1);
        }
        self.push((start, end), values);
    }

    /// `pin changed from "1234" to "4321"`.
    fn change(&mut self, name_end: usize, open: usize) {
        let from = name_end.saturating_sub(NAME_BYTES_MAX);
        let from = self.text.ceil_char_boundary(from);
        let lead = self.text.get(from..name_end).unwrap_or_default();
        let said = [
            "changed", "updated", "modified", "set", "was", "renamed", "moved",
        ]
        .into_iter()
        .find_map(|verb| lead.strip_suffix(verb));
        let lead = said.unwrap_or(lead).trim_end().trim_end_matches(" was");
        let end = from + lead.trim_end_matches(['"', '\'', '`', ' ']).len();
        let start = self.name_before(end);
        let Some(first) = self.quoted(open) else {
            return;
        };
        let mut values = vec![first];
        let rest = self.text.get(first.1 + 1..).unwrap_or_default();
        if rest.starts_with(" to ") {
            values.extend(self.quoted(first.1 + 5));
            self.push((start, end), values);
        }
    }

    /// `Duplicate entry '…' for key 'users.ssn'`.
    fn entry(&mut self, value_end: usize, name: usize) {
        let from = value_end.saturating_sub(VALUE_BYTES_MAX);
        let window = self.text.as_bytes().get(from..value_end);
        let open = memchr::memrchr(b'\'', window.unwrap_or_default());
        if let (Some(open), Some(named)) = (open, self.quoted(name - 1)) {
            self.push(named, vec![(from + open + 1, value_end)]);
        }
    }

    /// `name="ssn"`, a blank line, and what was typed.
    fn part(&mut self, start: usize) {
        let Some(named) = self.quoted(start - 1) else {
            return;
        };
        let limit = self.text.floor_char_boundary(named.1 + GAP_BYTES_MAX);
        let head = self.text.get(named.1..limit).unwrap_or_default();
        let body = ["\r\n\r\n", "\n\n"]
            .into_iter()
            .find_map(|gap| Some(named.1 + head.find(gap)? + gap.len()));
        if let Some(body) = body {
            let limit = (body + VALUE_BYTES_MAX).min(self.text.len());
            let window = self.text.as_bytes().get(body..limit).unwrap_or_default();
            if let Some(length) = memchr::memchr2(b'\r', b'\n', window) {
                self.push(named, vec![(body, body + length)]);
            }
        }
    }

    /// `DETAIL: Key (ssn)=(…) already exists.`
    fn keys(&mut self, name_end: usize, from: usize) {
        let start = self.name_before(name_end);
        let limit = (from + VALUE_BYTES_MAX).min(self.text.len());
        let window = self.text.as_bytes().get(from..limit).unwrap_or_default();
        if let Some(length) = memchr::memchr3(b')', b'(', b'\n', window)
            && self.byte(from + length) == b')'
            && self.byte(start.wrapping_sub(1)) == b'('
        {
            self.push((start, name_end), vec![(from, from + length)]);
        }
    }

    /// `public string Ssn { get; set; } = "…";`
    fn property(&mut self, at: usize, open: usize) {
        let from = self.text.ceil_char_boundary(at.saturating_sub(24));
        let head = self.text.get(from..at).unwrap_or_default();
        if let Some(brace) = head.rfind(" {")
            && head.contains("get")
            && let Some(value) = self.quoted(open)
        {
            let end = from + brace;
            self.push((self.name_before(end), end), vec![value]);
        }
    }

    /// `user.setSsn("…")`, `request.addHeader("X-Api-Key", "…")`: what names is the call or its first word, and the value
    /// is none that a person would read aloud.
    fn call(&mut self, open: usize) {
        let quote = self.byte(open + 1);
        if !matches!(quote, b'"' | b'\'') {
            return;
        }
        let Some(first) = self.quoted(open + 1) else {
            return;
        };
        let start = self.name_before(open);
        let after = self.blanks(first.1 + 1);
        match self.byte(after) {
            // `document.getElementById("ssn").value = "…"`.
            b')' if self
                .text
                .get(after + 1..)
                .is_some_and(|rest| rest.starts_with(SET)) =>
            {
                let value = self.quoted(after + 1 + SET.len());
                self.push(first, value.into_iter().collect());
            }
            b')' => {
                let method = self.text.get(start..open).unwrap_or_default();
                let name = method.rfind('.').map_or(start, |dot| start + dot + 1);
                let called =
                    name > start || matches!(self.byte(start.wrapping_sub(1)), b'>' | b':');
                if called && self.is_value(first) {
                    self.push((name, open), vec![first]);
                }
            }
            b',' => {
                let second = self.quoted(self.blanks(after + 1));
                if let Some(second) = second
                    && self.byte(self.blanks(second.1 + 1)) == b')'
                    && first.1 - first.0 <= NAME_BYTES_MAX
                    && self.is_value(second)
                {
                    self.push(first, vec![second]);
                }
            }
            _ => {}
        }
    }

    /// A digit, and no words.
    fn is_value(&self, (start, end): Span) -> bool {
        let shown = self.text.as_bytes().get(start..end).unwrap_or_default();
        shown.iter().any(u8::is_ascii_digit)
            && (!shown.iter().any(u8::is_ascii_alphabetic) || !shown.contains(&b' '))
    }
}
