//! Rows that a statement writes: `INSERT INTO t (ssn, dob) VALUES ('…', '…')`, each value under its column.
//! Knows nothing of SQL beyond that form, nor of what the columns say.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::table::Table;

/// Longest name of a table, in bytes; with the list of its columns; most columns.
const NAME_BYTES_MAX: usize = 160;
const HEAD_BYTES_MAX: usize = 4096;
const COLUMNS_MAX: usize = 128;
/// Longest value that is read, in bytes.
const VALUE_BYTES_MAX: usize = 8192;

type Span = (usize, usize);

/// The word before the name of the table.
static INTO: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["INTO ", "into ", "Into "].map(Finder::new));

/// Every such statement of a text.
pub(in crate::egress) fn read(text: &str) -> Vec<Table> {
    let mut found = Vec::new();
    for word in &*INTO {
        for at in word.find_iter(text.as_bytes()) {
            found.extend(statement(text, at + word.needle().len()));
        }
    }
    found
}

/// The statement after its first words.
fn statement(text: &str, start: usize) -> Option<Table> {
    let bytes = text.as_bytes();
    let window = bytes.get(start..(start + HEAD_BYTES_MAX).min(bytes.len()))?;
    let open = memchr::memchr(b'(', window.get(..NAME_BYTES_MAX.min(window.len()))?)?;
    let close = memchr::memchr(b')', window).filter(|close| *close > open)?;
    let columns = text.get(start + open + 1..start + close)?;
    let bare = |name: &str| {
        name.trim_matches([' ', '\n', '\t', '\r', '"', '`', '[', ']'])
            .to_owned()
    };
    let headings: Vec<String> = columns.split(',').map(bare).collect();
    let mut at = blanks(bytes, start + close + 1);
    let word = text.get(at..at + 6)?;
    if headings.len() > COLUMNS_MAX || !word.eq_ignore_ascii_case("values") {
        return None;
    }
    at = blanks(bytes, at + 6);
    let mut rows = Vec::new();
    while let Some((row, end)) = values(bytes, at) {
        if row.len() == headings.len() {
            rows.push(row);
        }
        at = blanks(bytes, end);
        if bytes.get(at) != Some(&b',') {
            break;
        }
        at = blanks(bytes, at + 1);
    }
    (!rows.is_empty()).then_some(Table {
        headings,
        rows,
        pair: None,
    })
}

fn blanks(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

/// The values of one row in its brackets, quotes left out, and where it ends.
fn values(bytes: &[u8], start: usize) -> Option<(Vec<Span>, usize)> {
    let mut at = start + 1;
    let mut row = Vec::new();
    if bytes.get(start) != Some(&b'(') {
        return None;
    }
    loop {
        at = blanks(bytes, at);
        let quote = bytes
            .get(at)
            .filter(|byte| matches!(byte, b'\'' | b'"'))
            .copied();
        let (span, end) = match quote {
            Some(quote) => quoted(bytes, at + 1, quote)?,
            None => bare(bytes, at)?,
        };
        if row.len() < COLUMNS_MAX {
            row.push(span);
        }
        at = blanks(bytes, end);
        match bytes.get(at)? {
            b',' => at += 1,
            b')' => return Some((row, at + 1)),
            _ => return None,
        }
    }
}

/// A quoted value from its first byte on; a quote in it stands twice or after a backslash.
fn quoted(bytes: &[u8], start: usize, quote: u8) -> Option<(Span, usize)> {
    let mut at = start;
    while at < start + VALUE_BYTES_MAX {
        let byte = *bytes.get(at)?;
        if byte == b'\\' {
            at += 2;
        } else if byte == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return Some(((start, at), at + 1));
            }
            at += 2;
        } else {
            at += 1;
        }
    }
    None
}

/// A number or word, or a quoted text after a letter that says what it is: `N'…'`.
fn bare(bytes: &[u8], start: usize) -> Option<(Span, usize)> {
    if let [b'N' | b'E' | b'n', quote @ b'\'', ..] = bytes.get(start..)? {
        return quoted(bytes, start + 2, *quote);
    }
    let window = bytes.get(start..(start + VALUE_BYTES_MAX).min(bytes.len()))?;
    let length = window.iter().position(|byte| matches!(byte, b',' | b')'))?;
    let shown = window.get(..length)?.trim_ascii_end();
    Some(((start, start + shown.len()), start + length))
}
