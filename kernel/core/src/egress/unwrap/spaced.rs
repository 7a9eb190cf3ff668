//! Tables whose cells stand apart by blanks alone, below headings in capitals, as commands print them.
//! Knows nothing of what the columns hold.

use super::table::{COLUMNS_MAX, Table, lines};

/// Longest heading, in bytes.
const HEADING_BYTES_MAX: usize = 32;

/// Reads the first line of capitals and the lines below it that have as many cells.
pub(super) fn read(text: &str) -> Option<Table> {
    let mut all = lines(text);
    let named = all.find_map(|(at, line)| headings(at, line))?;
    let rows: Vec<_> = all
        .map(|(at, line)| cells(at, line).collect::<Vec<_>>())
        .take_while(|row| !row.is_empty())
        .filter(|row| row.len() == named.len())
        .collect();
    let name = |(from, to): &(usize, usize)| text.get(*from..*to).unwrap_or_default().to_owned();
    (!rows.is_empty()).then(|| Table {
        headings: named.iter().map(name).collect(),
        rows,
        pair: None,
    })
}

/// The spans of the headings, if the line is nothing else.
fn headings(at: usize, line: &str) -> Option<Vec<(usize, usize)>> {
    let first = line.trim_start().as_bytes();
    // Asked first, since most lines are none.
    if !first.iter().take(2).all(u8::is_ascii_uppercase) || !line.contains("  ") {
        return None;
    }
    let spans: Vec<_> = cells(at, line).collect();
    let is_heading = |(from, to): &(usize, usize)| {
        let name = line.get(from - at..to - at).unwrap_or_default();
        name.len() <= HEADING_BYTES_MAX
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.bytes().all(|byte| {
                byte.is_ascii_uppercase()
                    || byte.is_ascii_digit()
                    || matches!(byte, b' ' | b'_' | b'-' | b'/' | b'.')
            })
    };
    let fits = (2..=COLUMNS_MAX).contains(&spans.len()) && spans.iter().all(is_heading);
    fits.then_some(spans)
}

/// The spans between two blanks or more.
fn cells(at: usize, line: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut from = 0;
    line.split("  ").filter_map(move |part| {
        let start = from;
        from += part.len() + 2;
        let shown = part.trim();
        let lead = part.len() - part.trim_start().len();
        let begin = at + start + lead;
        (!shown.is_empty()).then_some((begin, begin + shown.len()))
    })
}
