//! Tables whose cells a mark tells apart: CSV and its kin, rows drawn with bars.
//! Knows nothing of where in a text such lines may stand, nor of boxes, which are folded to bars before.

use super::table::{COLUMNS_MAX, Line, Table, is_name, shown};

/// Most lines that are read to see whether lines are a table.
const SNIFF_LINES: usize = 6;
/// Most lines that may stand above the headings, as words that announce them.
const ABOVE_LINES: usize = 8;

/// What stands between cells.
pub(super) const MARKS: [u8; 6] = *b"\t,;|^~";

/// Lines of which the first holds the headings, and where that begins.
pub(super) fn of_lines(text: &str, lines: &[Line<'_>]) -> Option<(usize, Table)> {
    table(text, lines, 1, false)
}

/// A table that begins within the first of these lines.
pub(super) fn among(text: &str, lines: &[Line<'_>]) -> Option<Table> {
    let (begin, table) = table(text, lines, ABOVE_LINES, true)?;
    named(text, begin, table)
}

/// A table that begins with the first of these lines, and need not go on to the last.
pub(super) fn at(text: &str, lines: &[Line<'_>]) -> Option<Table> {
    let (begin, table) = table(text, lines, 1, true)?;
    named(text, begin, table)
}

/// The table, if its headings are none of a sentence or a line of code.
fn named(text: &str, begin: usize, table: Table) -> Option<Table> {
    let head = text.get(begin..)?.lines().next()?;
    let count = table.headings.len();
    // A sentence has a blank behind each of its commas, a line of code ends with a mark.
    let said =
        head.contains(", ") && (count < 3 || table.headings.iter().any(|name| is_long(name)));
    let ends = count < 4 && table.headings.last().is_some_and(String::is_empty);
    (!said && !ends && table.headings.iter().all(|name| is_name(name))).then_some(table)
}

/// More words than a column has beside others in a list with blanks.
fn is_long(name: &str) -> bool {
    name.split_whitespace().count() > 3
}

fn table(text: &str, lines: &[Line<'_>], above: usize, inside: bool) -> Option<(usize, Table)> {
    let mut drawn = lines.iter().copied().filter(|(_, line)| !is_border(line));
    let window: Vec<Line<'_>> = drawn.clone().take(above + SNIFF_LINES).collect();
    let (nth, by, count) = (0..above.min(window.len())).find_map(|nth| {
        let (by, count) = begins(window.get(nth..)?, inside)?;
        Some((nth, by, count))
    })?;
    let padded = |cells: &[(usize, usize)]| {
        let empty = |(from, to): &&(usize, usize)| from >= to;
        cells.last().is_some_and(|last| empty(&last))
            && cells.iter().filter(empty).count() * 2 >= cells.len()
    };
    let named = |(at, line): Line<'_>| {
        let cells = cells(line, at, by);
        match cells.len() == count {
            true => cells,
            false => cells.into_iter().filter(|(from, to)| from < to).collect(),
        }
    };
    // Lines above the headings may be filled up with empty cells.
    let candidates = window.get(nth..)?.iter().take(SNIFF_LINES - 1);
    let heading = candidates
        .clone()
        .find(|line| !padded(&named(**line)))
        .or(candidates.clone().next())?;
    drawn.by_ref().find(|line| line == heading)?;
    let rows = drawn
        .map(|(at, line)| cells(line, at, by))
        .filter(|cells| cells.len() == count)
        .collect();
    let named = named(*heading);
    let headings = named.iter().map(|span| shown(text, *span)).collect();
    let pair = (count == 2).then_some(named);
    let table = Table {
        headings,
        rows,
        pair,
        doubtful: false,
    };
    Some((heading.0, table))
}

/// By which mark a table begins with the first of these lines, and how many cells its lines have. Words may stand right
/// below one that is not all that there is.
fn begins(lines: &[Line<'_>], inside: bool) -> Option<(u8, usize)> {
    let (_, head) = *lines.first()?;
    let mut marks: Vec<(usize, u8)> = MARKS
        .into_iter()
        .map(|by| (marks_of(head, by), by))
        .collect();
    marks.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut marks = marks.into_iter().filter(|(count, _)| *count > 0);
    marks.find_map(|(_, by)| {
        let counts: Vec<usize> = lines
            .iter()
            .take(SNIFF_LINES)
            .take_while(|(_, line)| !inside || marks_of(line, by) > 0)
            .map(|(at, line)| cells(line, *at, by).len())
            .collect();
        let (first, second) = (*counts.first()?, *counts.get(1)?);
        // The headings of some have two bars where rows have one.
        let doubled = by == b'|' && first == 2 * second - 1 && head.contains("||");
        let count = if doubled { second } else { first };
        let same = counts.iter().filter(|each| **each == count).count() + usize::from(doubled);
        let enough = same * 4 >= counts.len() * 3;
        (enough && (2..=COLUMNS_MAX).contains(&count)).then_some((by, count))
    })
}

/// A line that only draws: `+----+----+`, `|---|---|`, `----+----`.
pub(super) fn is_border(line: &str) -> bool {
    line.contains('-')
        && line
            .bytes()
            .all(|byte| matches!(byte, b'-' | b'+' | b'|' | b' ' | b':' | b'='))
}

fn marks_of(line: &str, by: u8) -> usize {
    memchr::memchr_iter(by, line.as_bytes()).count()
}

/// Spans of the cells of one line, quotes and padding left out.
fn cells(line: &str, offset: usize, by: u8) -> Vec<(usize, usize)> {
    let (lead, bare) = match by {
        b'|' => inside_bars(line),
        _ => (0, line),
    };
    let mut spans = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    for at in memchr::memchr2_iter(by, b'"', bare.as_bytes()) {
        if bare.as_bytes().get(at) == Some(&b'"') {
            quoted = !quoted;
        } else if !quoted {
            spans.push(cell(bare, (start, at), offset + lead));
            start = at + 1;
            if spans.len() > COLUMNS_MAX {
                return spans;
            }
        }
    }
    spans.push(cell(bare, (start, bare.len()), offset + lead));
    spans
}

/// What stands between the outer bars of a line, and where that begins.
fn inside_bars(line: &str) -> (usize, &str) {
    let open = line.trim_start().trim_start_matches('|');
    (
        line.len() - open.len(),
        open.trim_end().trim_end_matches('|'),
    )
}

/// The span of one cell without its padding and quotes.
fn cell(line: &str, (start, end): (usize, usize), offset: usize) -> (usize, usize) {
    let cell = line.get(start..end).unwrap_or_default();
    let open = cell.trim_start().trim_start_matches(['"', '\'']);
    let inner = open.trim_end().trim_end_matches(['"', '\'']);
    let from = offset + start + (cell.len() - open.len());
    (from, from + inner.len())
}
