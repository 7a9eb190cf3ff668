//! Tables whose columns stand under each other, ruled below their headings or by blanks alone, as terminals show them.
//! Knows nothing of where in a text such lines may stand, nor of letters that take two places.

use super::table::{COLUMNS_MAX, Line, Table, is_name, shown};

/// Most lines that may stand above the headings, and most rows whose blanks say where columns are.
const ABOVE_LINES: usize = 4;
const SAMPLE_LINES: usize = 16;
/// Rows from which on one blank between columns is enough.
const SURE_LINES: usize = 5;
/// Most characters of a line whose blanks are read.
const WIDTH_MAX: usize = 512;

/// Where a column begins and ends, in characters.
type Column = (usize, usize);

/// Whether a line only rules: `--------- -----`, `=== ===`.
pub(super) fn is_ruler(line: &str) -> bool {
    (line.contains("---") || line.contains("==="))
        && line.bytes().all(|byte| matches!(byte, b'-' | b'=' | b' '))
}

/// Whether two blanks stand within a line, as between two columns.
pub(super) fn has_gap(line: &str) -> bool {
    line.trim().contains("  ")
}

/// Columns below headings that are underlined one by one.
pub(super) fn ruled(text: &str, lines: &[Line<'_>]) -> Option<Table> {
    let at = (1..lines.len()).find(|at| {
        let is = |at: usize| lines.get(at).is_some_and(|(_, line)| is_ruler(line));
        is(*at) && !is(at - 1)
    })?;
    let mut columns = Vec::new();
    let mut start = 0;
    for dashes in lines.get(at)?.1.split(' ') {
        if !dashes.is_empty() && columns.len() < COLUMNS_MAX {
            columns.push((start, start + dashes.len()));
        }
        start += dashes.len() + 1;
    }
    // The last column has no other beside it.
    if let Some(last) = columns.last_mut() {
        last.1 = usize::MAX;
    }
    let cells = |(offset, line): &Line<'_>| -> Vec<(usize, usize)> {
        let cell =
            |(from, to): &Column| trimmed(line, *offset, place(line, *from), place(line, *to));
        columns.iter().map(cell).collect()
    };
    let named = cells(lines.get(at - 1)?);
    (columns.len() > 1).then(|| {
        Table::new(
            named.into_iter().map(|span| shown(text, span)).collect(),
            lines.iter().skip(at + 1).map(cells).collect(),
        )
    })
}

/// Columns that blanks alone tell apart: where no line has anything.
pub(super) fn read(text: &str, lines: &[Line<'_>]) -> Option<Table> {
    (0..ABOVE_LINES.min(lines.len())).find_map(|nth| {
        let ((offset, head), rows) = lines.get(nth..)?.split_first()?;
        let columns = columns(head, rows)?;
        let named = cells(head, *offset, &columns);
        let headings: Vec<String> = named.iter().map(|span| shown(text, *span)).collect();
        headings.iter().all(|name| is_name(name)).then(|| Table {
            headings,
            rows: rows
                .iter()
                .map(|(offset, line)| cells(line, *offset, &columns))
                .collect(),
            pair: (named.len() == 2).then_some(named),
            doubtful: false,
        })
    })
}

fn columns(head: &str, rows: &[Line<'_>]) -> Option<Vec<Column>> {
    if !has_gap(head) {
        return None;
    }
    // A mask has another width than what it stands for.
    let mut count = 0;
    let mut filled = Vec::new();
    let sample = rows.iter().filter(|(_, line)| !line.contains('<'));
    for line in sample
        .take(SAMPLE_LINES)
        .map(|(_, line)| *line)
        .chain([head])
    {
        for (at, c) in line.chars().take(WIDTH_MAX).enumerate() {
            if at >= filled.len() {
                filled.push(false);
            }
            if let Some(slot) = filled.get_mut(at) {
                *slot |= c != ' ';
            }
        }
        count += 1;
    }
    let gap = if count > SURE_LINES { 1 } else { 2 };
    let mut columns: Vec<Column> = Vec::new();
    for at in (0..filled.len()).filter(|at| filled.get(*at) == Some(&true)) {
        match columns.last_mut() {
            Some(last) if at - last.1 < gap => last.1 = at + 1,
            _ => columns.push((at, at + 1)),
        }
    }
    (count > 1 && (2..=COLUMNS_MAX).contains(&columns.len())).then_some(columns)
}

/// Spans of the cells of one line: a word that stands over a border belongs where most of it is.
fn cells(line: &str, offset: usize, columns: &[Column]) -> Vec<(usize, usize)> {
    let starts = columns.iter().skip(1).map(|column| place(line, column.0));
    let mut borders: Vec<usize> = starts.map(|at| border(line, at)).collect();
    borders.push(line.len());
    let mut from = 0;
    let span = |to: usize| {
        let cell = trimmed(line, offset, from, to.max(from));
        from = to.max(from);
        cell
    };
    borders.into_iter().map(span).collect()
}

fn border(line: &str, at: usize) -> usize {
    let (before, behind) = line.split_at_checked(at).unwrap_or((line, ""));
    let lead = before.len() - before.rfind(' ').map_or(0, |blank| blank + 1);
    let rest = behind.find(' ').unwrap_or(behind.len());
    match (lead, rest) {
        (0, _) | (_, 0) => at,
        _ if lead > rest => at + rest,
        _ => at - lead,
    }
}

/// Where the nth character of a line begins, or its end.
fn place(line: &str, nth: usize) -> usize {
    let most = nth.min(line.len());
    if line.as_bytes().get(..most).is_some_and(<[u8]>::is_ascii) {
        return most;
    }
    let at = line.char_indices().nth(nth);
    at.map_or(line.len(), |(at, _)| at)
}

fn trimmed(line: &str, offset: usize, from: usize, to: usize) -> (usize, usize) {
    let shown = line.get(from..to).unwrap_or_default();
    let lead = shown.len() - shown.trim_start().len();
    let begin = offset + from + lead;
    (begin, begin + shown.trim().len())
}
