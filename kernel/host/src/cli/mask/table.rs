//! A table with a line of headings: each part is searched under them.
//! Knows nothing of what a heading says.

use std::io::Write;

use super::piece::{Fault, Pieces};
use super::place::is_field;
use super::source::{Source, WINDOW_BYTES};

pub(super) fn mask<W: Write>(
    source: &mut Source<'_>,
    pieces: &mut Pieces<'_, W>,
) -> Result<(), Fault> {
    let mut headings = String::new();
    source.fill(WINDOW_BYTES)?;
    while !source.text().is_empty() {
        let end = match source.ended() {
            true => Some(source.text().len()),
            false => last_line(source.text()),
        };
        let Some(end) = end else {
            source.grow()?;
            continue;
        };
        let at = source.taken();
        let part = source.take(end);
        let text = format!("{headings}{part}");
        let lines = on_one_line(&text);
        let found = pieces.find(&lines, at)?;
        if headings.is_empty() {
            let first = first_line(&text);
            headings = text.get(..first).unwrap_or_default().to_owned();
        }
        let names = cells(headings.trim_end());
        let from = text.len() - part.len();
        pieces.write(&text, (from, text.len()), &found, |one| {
            place(&lines, one.start, &names)
        })?;
        source.fill(WINDOW_BYTES)?;
    }
    Ok(())
}

/// The text with each record on one line, byte by byte in the same place: a line's end within quotes is a space.
fn on_one_line(text: &str) -> String {
    let mut quoted = false;
    let plain = |c: char| {
        quoted ^= c == '"';
        if quoted && matches!(c, '\n' | '\r') {
            ' '
        } else {
            c
        }
    };
    text.chars().map(plain).collect()
}

/// `/*/email`: the heading above the cell, where it is the name of a field. Each record is on one line.
fn place(lines: &str, at: usize, names: &[&str]) -> String {
    let before = lines.get(..at).unwrap_or_default();
    let record = before.rsplit('\n').next().unwrap_or_default();
    let column = cells(record).len().saturating_sub(1);
    let name = names.get(column).map(|name| name.trim().trim_matches('"'));
    let name = name.filter(|name| is_field(name)).unwrap_or("*");
    format!("/*/{name}")
}

/// The cells of a record, by comma, semicolon or tabulator, quotes kept.
fn cells(record: &str) -> Vec<&str> {
    let mut quoted = false;
    let split = |c: char| {
        quoted ^= c == '"';
        !quoted && matches!(c, ',' | ';' | '\t')
    };
    record.split(split).collect()
}

/// Where the last whole record ends: a line's end within quotes ends none.
fn last_line(text: &str) -> Option<usize> {
    ends(text).last()
}

fn first_line(text: &str) -> usize {
    ends(text).next().unwrap_or(text.len())
}

fn ends(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut quoted = false;
    text.bytes().enumerate().filter_map(move |(at, byte)| {
        quoted ^= byte == b'"';
        (byte == b'\n' && !quoted).then_some(at + 1)
    })
}
