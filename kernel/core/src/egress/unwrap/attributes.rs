//! Tags inside a text: their attributes as one row of a table, and the cells of a table that is written in tags.
//! Knows nothing of what the names say.

use super::below;
use super::table::Table;

/// Longest tag that is read, in bytes, and most attributes of one.
const TAG_BYTES_MAX: usize = 1024;
const ATTRIBUTES_MAX: usize = 24;
/// Longest text of an element that its tag names.
const TEXT_BYTES_MAX: usize = 1024;
/// Most columns of a table.
const COLUMNS_MAX: usize = 64;
/// Longest name of what stands in the next element, in bytes.
const NAME_BYTES_MAX: usize = 48;
/// Cells of a row that may be a name and its value.
const PAIR: usize = 2;
/// Attributes whose value is the name of what stands beside it, and those that hold what is named.
const NAMING: [&str; 6] = ["name", "key", "property", "field", "setting", "parameter"];
const NAMED: [&str; 5] = ["value", "content", "val", "default", "data"];
/// Elements whose text is named by an attribute.
const ENTRIES: [&str; 15] = [
    "property",
    "entry",
    "add",
    "param",
    "parameter",
    "setting",
    "string",
    "item",
    "env",
    "data",
    "field",
    "variable",
    "col",
    "column",
    "cell",
];

type Span = (usize, usize);

struct Tag<'t> {
    name: &'t str,
    attributes: Vec<(&'t str, Span)>,
    /// One past its `>`.
    end: usize,
    closed: bool,
}

/// What the tags of a text name.
pub(in crate::egress) fn read(text: &str) -> Vec<Table> {
    let mut found = Vec::new();
    let mut rows = Rows::default();
    let mut terms = Terms::default();
    let mut beside = Beside::default();
    let mut at = 0;
    while let Some(open) = text
        .get(at..)
        .and_then(|rest| memchr::memchr(b'<', rest.as_bytes()))
    {
        let start = at + open;
        at = start + 1;
        let Some(tag) = tag(text, start) else {
            continue;
        };
        at = tag.end;
        rows.tag(text, &tag, &mut found);
        terms.tag(text, &tag, &mut found);
        row(text, &tag, &mut found);
        beside.tag(text, &tag, &mut found);
    }
    rows.close(&mut found);
    terms.close(&mut found);
    found
}

/// Reads the tag that begins here.
fn tag(text: &str, start: usize) -> Option<Tag<'_>> {
    let limit = (start + TAG_BYTES_MAX).min(text.len());
    let bytes = text.as_bytes().get(..limit)?;
    let skip = |from: usize, fits: fn(&u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest
            .iter()
            .position(|byte| !fits(byte))
            .unwrap_or(rest.len())
    };
    let closing = bytes.get(start + 1) == Some(&b'/');
    let from = start + 1 + usize::from(closing);
    let mut at = skip(from, is_name);
    let name = text.get(from..at)?;
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut attributes = Vec::new();
    loop {
        at = skip(at, |byte| {
            byte.is_ascii_whitespace() || matches!(byte, b'/' | b'?')
        });
        match bytes.get(at)? {
            b'>' => break,
            byte if !is_name(byte) => return None,
            _ => {}
        }
        let end = skip(at, is_name);
        let key = text.get(at..end)?;
        at = skip(end, u8::is_ascii_whitespace);
        if bytes.get(at) != Some(&b'=') {
            continue;
        }
        at = skip(at + 1, u8::is_ascii_whitespace);
        let quote = *bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\''))?;
        let from = at + 1;
        at = from + memchr::memchr(quote, bytes.get(from..)?)?;
        if attributes.len() < ATTRIBUTES_MAX {
            attributes.push((local(key), (from, at)));
        }
        at += 1;
    }
    Some(Tag {
        name: local(name),
        attributes,
        end: at + 1,
        closed: closing || bytes.get(at.checked_sub(1)?) == Some(&b'/'),
    })
}

fn is_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':') || *byte >= 0x80
}

/// A name without the prefix of its space.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The attributes of one tag, and what one of them names.
fn row(text: &str, tag: &Tag<'_>, found: &mut Vec<Table>) {
    if tag.attributes.is_empty() {
        return;
    }
    let any = |names: &[&str], one: &str| names.iter().any(|name| name.eq_ignore_ascii_case(one));
    let naming = tag.attributes.iter().find(|(key, _)| any(&NAMING, key));
    if let Some((_, (start, end))) = naming {
        let name = text.get(*start..*end).unwrap_or_default();
        let held = tag
            .attributes
            .iter()
            .filter(|(key, _)| any(&NAMED, key))
            .map(|(_, span)| *span);
        let inside = inside(text, tag).filter(|_| any(&ENTRIES, tag.name));
        let spans: Vec<Span> = held.chain(inside).collect();
        if !spans.is_empty() {
            found.push(Table::new(
                vec![name.to_owned()],
                spans.into_iter().map(|span| vec![span]).collect(),
            ));
        }
    }
    found.push(Table::new(
        tag.attributes
            .iter()
            .map(|(key, _)| (*key).to_owned())
            .collect(),
        vec![tag.attributes.iter().map(|(_, span)| *span).collect()],
    ));
}

/// A name in an element and its value in the next: `<label>SSN</label><b>…</b>`.
#[derive(Default)]
struct Beside {
    name: Option<Span>,
}

impl Beside {
    fn tag(&mut self, text: &str, tag: &Tag<'_>, found: &mut Vec<Table>) {
        let Some((start, end)) = inside(text, tag) else {
            return;
        };
        let shown = |(from, to): Span| text.get(from..to).unwrap_or_default();
        if let Some(name) = self.name.take().map(shown)
            && below::pair(name, shown((start, end)))
        {
            found.push(Table::new(vec![name.to_owned()], vec![vec![(start, end)]]));
        }
        self.name = Some((start, end)).filter(|_| end - start <= NAME_BYTES_MAX);
    }
}

/// What a list of definitions says of its terms: `<dt>SSN</dt><dd>…</dd>`.
#[derive(Default)]
struct Terms {
    term: Option<Span>,
    headings: Vec<String>,
    row: Vec<Span>,
}

impl Terms {
    fn tag(&mut self, text: &str, tag: &Tag<'_>, found: &mut Vec<Table>) {
        let is = |name: &str| tag.name.eq_ignore_ascii_case(name);
        if is("dl") {
            self.close(found);
        } else if !tag.closed && is("dt") {
            self.term = inside(text, tag);
        } else if is("dd")
            && let (Some((from, to)), Some(span)) = (self.term, inside(text, tag))
            && self.row.len() < COLUMNS_MAX
        {
            let name = text.get(from..to).unwrap_or_default();
            self.headings
                .push(name.trim_end_matches([':', ' ']).to_owned());
            self.row.push(span);
        }
    }

    fn close(&mut self, found: &mut Vec<Table>) {
        let Self { headings, row, .. } = std::mem::take(self);
        if !row.is_empty() {
            found.push(Table::new(headings, vec![row]));
        }
    }
}

/// The text right after a tag, up to the next.
fn inside(text: &str, tag: &Tag<'_>) -> Option<Span> {
    if tag.closed {
        return None;
    }
    let limit = (tag.end + TEXT_BYTES_MAX).min(text.len());
    let window = text.as_bytes().get(tag.end..limit)?;
    let shown = window.get(..memchr::memchr(b'<', window)?)?;
    let lead = shown.len() - shown.trim_ascii_start().len();
    let start = tag.end + lead;
    let length = shown.trim_ascii().len();
    (length > 0).then_some((start, start + length))
}

/// Rows of cells as they come.
#[derive(Default)]
struct Rows {
    headings: Vec<String>,
    rows: Vec<Vec<Span>>,
}

impl Rows {
    fn tag(&mut self, text: &str, tag: &Tag<'_>, found: &mut Vec<Table>) {
        let is = |name: &str| tag.name.eq_ignore_ascii_case(name);
        if is("table") {
            self.close(found);
        } else if is("tr") && !tag.closed {
            self.rows.push(Vec::new());
        } else if (is("td") || is("th")) && !tag.closed {
            let span = inside(text, tag).unwrap_or((tag.end, tag.end));
            let heading = self.rows.len() == 1;
            if let Some(row) = self.rows.last_mut().filter(|row| row.len() < COLUMNS_MAX) {
                row.push(span);
                if heading {
                    let name = text.get(span.0..span.1).unwrap_or_default();
                    self.headings.push(name.to_owned());
                }
            }
        }
    }

    fn close(&mut self, found: &mut Vec<Table>) {
        let Self { headings, rows } = std::mem::take(self);
        let width = headings.len();
        let first = rows.first().cloned().unwrap_or_default();
        let rows: Vec<_> = rows
            .into_iter()
            .skip(1)
            .filter(|row| row.len() == width)
            .collect();
        if width > 0 && (!rows.is_empty() || first.len() == PAIR) {
            let mut table = Table::new(headings, rows);
            table.pair = Some(first).filter(|row| row.len() == PAIR);
            found.push(table);
        }
    }
}
