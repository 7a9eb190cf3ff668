//! Tables whose cells a mark tells apart: CSV and its kin, rows drawn with bars of letters or of boxes.
//! Knows nothing of where in a text such lines may stand.

use super::table::{COLUMNS_MAX, Line, Table, shown};

/// Most lines that are read to see whether lines are a table.
const SNIFF_LINES: usize = 6;
/// Most lines that may stand above the headings, as words that announce them.
const ABOVE_LINES: usize = 8;

/// What stands between cells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Byte(u8),
    /// `|` and those of boxes: a heading may have others than its rows.
    Bar,
}

const MARKS: [Mark; 4] = [
    Mark::Byte(b'\t'),
    Mark::Byte(b','),
    Mark::Byte(b';'),
    Mark::Bar,
];
const BARS: [char; 5] = ['|', '│', '┃', '║', '┆'];

/// Lines of which the first holds the headings, and where that begins.
pub(super) fn of_lines(text: &str, lines: &[Line<'_>]) -> Option<(usize, Table)> {
    table(text, lines, 1)
}

/// A table that begins within the first of these lines.
pub(super) fn among(text: &str, lines: &[Line<'_>]) -> Option<Table> {
    table(text, lines, ABOVE_LINES).map(|(_, table)| table)
}

fn table(text: &str, lines: &[Line<'_>], above: usize) -> Option<(usize, Table)> {
    let mut drawn = lines
        .iter()
        .copied()
        .filter(|(_, line)| !is_border(line))
        .peekable();
    let window: Vec<Line<'_>> = drawn.clone().take(above + SNIFF_LINES).collect();
    let (nth, by, count) = (0..above.min(window.len())).find_map(|nth| {
        let (by, count) = begins(window.get(nth..)?)?;
        Some((nth, by, count))
    })?;
    let filled = |cells: &[(usize, usize)]| cells.last().is_some_and(|(from, to)| from < to);
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
        .find(|line| filled(&named(**line)))
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
    };
    Some((heading.0, table))
}

/// By which mark a table begins with the first of these lines, and how many cells its lines have.
fn begins(lines: &[Line<'_>]) -> Option<(Mark, usize)> {
    let (_, head) = *lines.first()?;
    let mut marks: Vec<(usize, Mark)> = MARKS
        .into_iter()
        .map(|by| (marks_of(head, by), by))
        .collect();
    marks.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut marks = marks.into_iter().filter(|(count, _)| *count > 0);
    marks.find_map(|(_, by)| {
        let counts: Vec<usize> = lines
            .iter()
            .take(SNIFF_LINES)
            // Words may stand right below a table.
            .take_while(|(_, line)| marks_of(line, by) > 0)
            .map(|(at, line)| cells(line, *at, by).len())
            .collect();
        let (first, second) = (*counts.first()?, *counts.get(1)?);
        // The headings of some have two bars where rows have one.
        let doubled = by == Mark::Bar && first == 2 * second - 1 && head.contains("||");
        let count = if doubled { second } else { first };
        let same = counts.iter().filter(|each| **each == count).count() + usize::from(doubled);
        let enough = same * 4 >= counts.len() * 3;
        (enough && (2..=COLUMNS_MAX).contains(&count)).then_some((by, count))
    })
}

/// A line that only draws: `+----+----+`, `|---|---|`, `├────┼────┤`.
fn is_border(line: &str) -> bool {
    let draws = |c: char| matches!(c, '\u{2500}'..='\u{257F}');
    line.contains(['-', '─', '━', '═'])
        && line
            .chars()
            .all(|c| matches!(c, '-' | '+' | '|' | ' ' | ':' | '=') || draws(c))
}

fn marks_of(line: &str, by: Mark) -> usize {
    match by {
        Mark::Byte(by) => memchr::memchr_iter(by, line.as_bytes()).count(),
        Mark::Bar => line.matches(BARS).count(),
    }
}

/// Spans of the cells of one line, quotes and padding left out.
fn cells(line: &str, offset: usize, by: Mark) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    match by {
        Mark::Byte(by) => {
            let mut each = Cells::new(line, offset, &mut spans);
            for at in memchr::memchr2_iter(by, b'"', line.as_bytes()) {
                each.at(at, 1);
            }
            each.end();
        }
        Mark::Bar => {
            let open = line.trim_start().trim_start_matches(BARS);
            let lead = line.len() - open.len();
            let bare = open.trim_end().trim_end_matches(BARS);
            let mut each = Cells::new(bare, offset + lead, &mut spans);
            for (at, mark) in bare.match_indices(|c: char| c == '"' || BARS.contains(&c)) {
                each.at(at, mark.len());
            }
            each.end();
        }
    }
    spans
}

/// Cells as their ends are met.
struct Cells<'l, 's> {
    line: &'l str,
    offset: usize,
    start: usize,
    quoted: bool,
    spans: &'s mut Vec<(usize, usize)>,
}

impl<'l, 's> Cells<'l, 's> {
    fn new(line: &'l str, offset: usize, spans: &'s mut Vec<(usize, usize)>) -> Self {
        Self {
            line,
            offset,
            start: 0,
            quoted: false,
            spans,
        }
    }

    /// A mark or a quote of so many bytes.
    fn at(&mut self, at: usize, length: usize) {
        if self.line.as_bytes().get(at) == Some(&b'"') {
            self.quoted = !self.quoted;
        } else if !self.quoted && self.spans.len() <= COLUMNS_MAX {
            let span = cell(self.line, (self.start, at), self.offset);
            self.spans.push(span);
            self.start = at + length;
        }
    }

    fn end(self) {
        let span = cell(self.line, (self.start, self.line.len()), self.offset);
        self.spans.push(span);
    }
}

/// The span of one cell without its padding and quotes.
fn cell(line: &str, (start, end): (usize, usize), offset: usize) -> (usize, usize) {
    let cell = line.get(start..end).unwrap_or_default();
    let open = cell.trim_start().trim_start_matches(['"', '\'']);
    let inner = open.trim_end().trim_end_matches(['"', '\'']);
    let from = offset + start + (cell.len() - open.len());
    (from, from + inner.len())
}
