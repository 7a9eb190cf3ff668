//! Tables as they are written for wikis (`{|`) and for LaTeX (`\begin{tabular}`).
//! Knows nothing of what the columns hold.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::table::{COLUMNS_MAX, Table, lines};

type Span = (usize, usize);

/// How such tables begin and end.
static ENDS: LazyLock<[Finder<'static>; 4]> =
    LazyLock::new(|| ["{|", "|}", "\\begin{", "\\end{"].map(Finder::new));
/// Environments of LaTeX that hold rows.
const TABULARS: [&str; 5] = ["tabular", "longtable", "array", "tabu", "tblr"];

/// The tables of a text that are written so.
pub(in crate::egress) fn read(text: &str) -> Vec<Table> {
    let [open, close, begin, end] = &*ENDS;
    let mut found = Vec::new();
    let until = |from: usize, finder: &Finder<'_>| {
        let rest = text.as_bytes().get(from..).unwrap_or_default();
        finder.find(rest).map_or(text.len(), |length| from + length)
    };
    let mut next = 0;
    for at in open.find_iter(text.as_bytes()) {
        if at >= next {
            next = until(at, close);
            wiki(text, (at, next), &mut found);
        }
    }
    next = 0;
    for at in begin.find_iter(text.as_bytes()) {
        let name = text.get(at + "\\begin{".len()..).unwrap_or_default();
        if at >= next && TABULARS.iter().any(|one| name.starts_with(one)) {
            next = until(at, end);
            latex(text, (at, next), &mut found);
        }
    }
    found
}

/// The cells between marks of two letters, without what stands before a bar in one: `style="…" | Jane`.
fn cells(text: &str, (from, to): Span, mark: &str, row: &mut Vec<Span>) {
    let mut at = from;
    for cell in text.get(from..to).unwrap_or_default().split(mark) {
        let styled = cell
            .rsplit_once('|')
            .map_or(0, |(style, _)| style.len() + 1);
        let start = at + styled;
        at += cell.len() + mark.len();
        if row.len() < COLUMNS_MAX {
            row.push(trimmed(text, (start, start + cell.len() - styled)));
        }
    }
}

fn trimmed(text: &str, (from, to): Span) -> Span {
    let cell = text.get(from..to).unwrap_or_default();
    let lead = cell.len() - cell.trim_start().len();
    (from + lead, from + lead + cell.trim().len())
}

fn wiki(text: &str, (from, to): Span, found: &mut Vec<Table>) {
    let (mut named, mut rows): (Vec<Span>, Vec<Vec<Span>>) = (Vec::new(), Vec::new());
    for (at, line) in lines(text.get(from..to).unwrap_or_default()).skip(1) {
        let start = from + at + (line.len() - line.trim_start().len());
        let span = (start + 1, from + at + line.len());
        match line.trim_start().as_bytes() {
            [b'|', b'-', ..] => rows.push(Vec::new()),
            [b'|', b'+', ..] => {}
            [b'!', ..] if rows.len() < 2 => {
                let mark = if line.contains("!!") { "!!" } else { "||" };
                cells(text, span, mark, &mut named);
            }
            // The first cell of a row may be written as a heading.
            [b'!' | b'|', ..] => {
                if rows.is_empty() {
                    rows.push(Vec::new());
                }
                if let Some(row) = rows.last_mut() {
                    cells(text, span, "||", row);
                }
            }
            _ => {}
        }
    }
    push(text, &named, rows, found);
}

fn latex(text: &str, (from, to): Span, found: &mut Vec<Table>) {
    let body = text.get(from..to).unwrap_or_default();
    let mut rows: Vec<Vec<Span>> = Vec::new();
    let mut at = from;
    for line in body.split("\\\\") {
        let (start, end) = (at, at + line.len());
        at = end + 2;
        // What stands before the row on lines of its own: rules, the begin.
        let lead = line
            .rfind('\n')
            .filter(|nth| line.get(*nth..).is_some_and(|rest| rest.contains('&')));
        let start = start + lead.map_or(0, |nth| nth + 1);
        let mut row = Vec::new();
        let mut cell = start;
        let bytes = text.as_bytes();
        for mark in memchr::memchr_iter(b'&', bytes.get(start..end).unwrap_or_default()) {
            let mark = start + mark;
            if bytes.get(mark.wrapping_sub(1)) != Some(&b'\\') && row.len() < COLUMNS_MAX {
                row.push(trimmed(text, (cell, mark)));
                cell = mark + 1;
            }
        }
        row.push(trimmed(text, (cell, end)));
        if row.len() > 1 {
            rows.push(row);
        }
    }
    let named = if rows.is_empty() {
        Vec::new()
    } else {
        rows.remove(0)
    };
    push(text, &named, rows, found);
}

/// A heading without what sets it in another type: `\textbf{full\_name}`, `'''Name'''`.
fn heading(text: &str, (from, to): Span) -> String {
    let shown = text.get(from..to).unwrap_or_default();
    let bare = match shown.rsplit_once('{') {
        Some((command, rest)) if command.starts_with('\\') => rest,
        _ => shown,
    };
    bare.replace('\\', "")
        .trim_matches(['}', '\'', ' '])
        .to_owned()
}

fn push(text: &str, named: &[Span], mut rows: Vec<Vec<Span>>, found: &mut Vec<Table>) {
    rows.retain(|row| row.len() == named.len());
    if named.len() > 1 && !rows.is_empty() {
        found.push(Table::new(
            named.iter().map(|span| heading(text, *span)).collect(),
            rows,
        ));
    }
}
