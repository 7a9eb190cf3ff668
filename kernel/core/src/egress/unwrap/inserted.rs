//! Rows that a statement writes: `INSERT INTO t (ssn, dob) VALUES ('…', '…')`, each value under its column; without
//! columns under those of the table's own definition in the same text. And lists of such rows, of which the first names.
//! Knows nothing of SQL beyond these forms, nor of what the columns say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::created::Created;
use super::table::Table;

/// Longest name of a table, in bytes; with the list of its columns; most columns.
const NAME_BYTES_MAX: usize = 160;
const HEAD_BYTES_MAX: usize = 4096;
pub(super) const COLUMNS_MAX: usize = 128;
/// Longest value that is read, in bytes.
const VALUE_BYTES_MAX: usize = 8192;

/// Most lists of rows that are looked at in one text.
const LISTS_MAX: usize = 64;
/// The word before the rows.
const VALUES: &str = "values";

type Span = (usize, usize);
type Row = Vec<Span>;

/// The word before the name of the table.
static INTO: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["INTO ", "into ", "Into "].map(Finder::new));

/// The begin of a list of rows in brackets.
static LISTS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["[(", "(("].map(Finder::new));

/// Every such statement and list of a text.
pub(in crate::egress) fn read(text: &str) -> Vec<Table> {
    let mut found = Vec::new();
    let mut unnamed: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for word in &*INTO {
        for at in word.find_iter(text.as_bytes()) {
            match statement(text, at + word.needle().len()) {
                Some(Said::Table(table)) => found.push(table),
                Some(Said::Rows(name, rows)) => unnamed.entry(name).or_default().extend(rows),
                None => {}
            }
        }
    }
    if !unnamed.is_empty() {
        let created = Created::read(text);
        let named = unnamed
            .into_iter()
            .filter_map(|(name, rows)| under(created.columns(name)?, rows));
        found.extend(named);
    }
    for list in &*LISTS {
        for at in list.find_iter(text.as_bytes()).take(LISTS_MAX) {
            found.extend(listed(text, at + 1));
        }
    }
    found
}

/// What a statement says.
enum Said<'t> {
    Table(Table),
    /// Rows of the table of that name, in the order of its columns.
    Rows(&'t str, Vec<Row>),
}

/// The statement after its first words.
fn statement(text: &str, start: usize) -> Option<Said<'_>> {
    let bytes = text.as_bytes();
    let window = bytes.get(start..(start + HEAD_BYTES_MAX).min(bytes.len()))?;
    let open = memchr::memchr(b'(', window.get(..NAME_BYTES_MAX.min(window.len()))?)?;
    let before = text.get(start..start + open)?.trim_end();
    if let Some(name) = strip_values(before) {
        return Some(Said::Rows(name.trim(), rows(bytes, start + open)));
    }
    let close = memchr::memchr(b')', window).filter(|close| *close > open)?;
    let columns = text.get(start + open + 1..start + close)?;
    let headings = bare_names(columns);
    let at = blanks(bytes, start + close + 1);
    let word = text.get(at..at + VALUES.len())?;
    if !word.eq_ignore_ascii_case(VALUES) {
        return None;
    }
    under(headings, rows(bytes, at + VALUES.len())).map(Said::Table)
}

/// A list of rows whose first names the others: nothing but words in quotes.
fn listed(text: &str, start: usize) -> Option<Table> {
    let bytes = text.as_bytes();
    let (names, end) = values(bytes, start)?;
    let quoted = |(from, _): &Span| matches!(bytes.get(from.wrapping_sub(1)), Some(b'\'' | b'"'));
    let at = blanks(bytes, end);
    if names.len() < 2 || !names.iter().all(quoted) || bytes.get(at) != Some(&b',') {
        return None;
    }
    let name = |(from, to): &Span| text.get(*from..*to).unwrap_or_default().to_owned();
    under(names.iter().map(name).collect(), rows(bytes, at + 1))
}

/// What stands before the word that begins the rows.
fn strip_values(before: &str) -> Option<&str> {
    let (name, word) = before.split_at_checked(before.len().checked_sub(VALUES.len())?)?;
    word.eq_ignore_ascii_case(VALUES).then_some(name)
}

/// The names of a list of columns.
pub(super) fn bare_names(columns: &str) -> Vec<String> {
    columns.split(',').map(bare_name).collect()
}

/// A name without its quotes and blanks.
pub(super) fn bare_name(name: &str) -> String {
    name.trim_matches([' ', '\n', '\t', '\r', '"', '`', '[', ']'])
        .to_owned()
}

/// The rows that have a cell for each heading.
fn under(headings: Vec<String>, mut rows: Vec<Row>) -> Option<Table> {
    rows.retain(|row| row.len() == headings.len());
    (!rows.is_empty()).then(|| Table::new(headings, rows))
}

/// The rows from `at` on, each in its brackets.
fn rows(bytes: &[u8], at: usize) -> Vec<Row> {
    let mut at = blanks(bytes, at);
    let mut rows = Vec::new();
    while let Some((row, end)) = values(bytes, at) {
        rows.push(row);
        at = blanks(bytes, end);
        if bytes.get(at) != Some(&b',') {
            break;
        }
        at = blanks(bytes, at + 1);
    }
    rows
}

fn blanks(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

/// The values of one row in its brackets, quotes left out, and where it ends.
fn values(bytes: &[u8], start: usize) -> Option<(Row, usize)> {
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
