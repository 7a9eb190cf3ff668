//! Tables that a dump defines (`CREATE TABLE t (…)`), for rows that name no columns, and rows that it copies below
//! (`COPY t (…) FROM stdin`).
//! Knows nothing of types, constraints and what the columns say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::inserted::{COLUMNS_MAX, bare_name, bare_names};
use super::table::{Table, lines};

/// Longest definition of a table, in bytes, and most of them, and of copies, that are read in one text.
const DEFINITION_BYTES_MAX: usize = 16_384;
const TABLES_MAX: usize = 256;
/// Longest first line of a copy, in bytes.
const COPY_BYTES_MAX: usize = 4096;

static CREATE: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| ["CREATE TABLE", "create table"].map(Finder::new));
static STDIN: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| ["FROM stdin", "from stdin"].map(Finder::new));
/// First words of what is no column in a definition.
const NO_COLUMNS: [&str; 10] = [
    "primary",
    "key",
    "unique",
    "constraint",
    "foreign",
    "index",
    "check",
    "fulltext",
    "spatial",
    "exclude",
];

/// The columns of the tables that a text defines, by their names without schema.
pub(super) struct Created(BTreeMap<String, Vec<String>>);

impl Created {
    pub(super) fn read(text: &str) -> Self {
        let each = CREATE.iter().flat_map(|word| {
            let ends = word.find_iter(text.as_bytes());
            ends.map(|at| at + word.needle().len())
        });
        let tables = each
            .take(TABLES_MAX)
            .filter_map(|at| defined(text.get(at..)?));
        Self(tables.collect())
    }

    /// The columns of a table, in their order.
    pub(super) fn columns(&self, name: &str) -> Option<Vec<String>> {
        self.0.get(&own_name(name)).cloned()
    }
}

/// A definition after its first words: the name and the columns.
fn defined(text: &str) -> Option<(String, Vec<String>)> {
    let window = text.as_bytes();
    let window = window.get(..DEFINITION_BYTES_MAX.min(window.len()))?;
    let open = memchr::memchr(b'(', window)?;
    let name = text.get(..open)?.split_whitespace().next_back()?;
    let mut columns = Vec::new();
    let (mut depth, mut start) = (0usize, open + 1);
    for (at, byte) in window.iter().enumerate().skip(open + 1) {
        match byte {
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            b',' | b')' if depth == 0 => {
                let words = text.get(start..at).unwrap_or_default();
                let first = words.split_whitespace().next().unwrap_or_default();
                if !NO_COLUMNS
                    .iter()
                    .any(|word| word.eq_ignore_ascii_case(first))
                {
                    columns.push(bare_name(first));
                }
                start = at + 1;
                if *byte == b')' {
                    return Some((own_name(name), columns));
                }
            }
            b';' => return None,
            _ => {}
        }
    }
    None
}

/// A name without its schema, in one spelling.
fn own_name(name: &str) -> String {
    bare_name(name.rsplit('.').next().unwrap_or(name)).to_ascii_lowercase()
}

/// The rows below every `COPY t (…) FROM stdin`, up to the line that ends them.
pub(in crate::egress) fn copied(text: &str) -> Vec<Table> {
    let each = STDIN
        .iter()
        .flat_map(|word| word.find_iter(text.as_bytes()));
    let mut begins: Vec<usize> = each.take(TABLES_MAX).collect();
    begins.sort_unstable();
    let ends = begins.iter().skip(1).copied().chain([text.len()]);
    let tables = begins.iter().zip(ends);
    tables
        .filter_map(|(at, end)| copy(text, *at, end))
        .collect()
}

fn copy(text: &str, at: usize, end: usize) -> Option<Table> {
    let head = text.get(..at)?.trim_end().strip_suffix(')')?;
    let window = head.len().saturating_sub(COPY_BYTES_MAX);
    let open = memchr::memrchr(b'(', head.as_bytes().get(window..)?)? + window;
    let columns = head.get(open + 1..)?;
    let headings = bare_names(columns);
    let body = at + memchr::memchr(b'\n', text.as_bytes().get(at..end)?)? + 1;
    let row = |(offset, line): (usize, &str)| {
        let mut from = body + offset;
        let span = |cell: &str| {
            let span = (from, from + cell.len());
            from = span.1 + 1;
            span
        };
        line.split('\t').map(span).collect::<Vec<_>>()
    };
    let rows: Vec<_> = lines(text.get(body..end)?)
        .take_while(|(_, line)| !line.is_empty() && *line != "\\.")
        .map(row)
        .filter(|row| row.len() == headings.len())
        .collect();
    (!rows.is_empty() && headings.len() <= COLUMNS_MAX).then(|| Table::new(headings, rows))
}
