//! Tables inside a text (CSV and its kin, Markdown): where the cells of each column are.
//! Knows nothing of what the columns hold.

use super::spaced;

/// Most lines that are read to see whether a text is a table.
const SNIFF_LINES: usize = 6;
/// Most columns of a table.
pub(super) const COLUMNS_MAX: usize = 256;

/// A table: its headings and, line by line, the spans of its cells.
pub(in crate::egress) struct Table {
    pub(in crate::egress) headings: Vec<String>,
    pub(in crate::egress) rows: Vec<Vec<(usize, usize)>>,
    /// The cells of the headings, where they may be a pair like those below: a name and its value.
    pub(in crate::egress) pair: Option<Vec<(usize, usize)>>,
}

/// Reads a table, if the text is one or holds one that is ruled: a heading line and lines with as many cells.
pub(in crate::egress) fn read(text: &str) -> Option<Table> {
    let inside = || {
        let (start, block) = drawn(text)?;
        whole(block, start)
    };
    let spaced = || spaced::read(text);
    whole(text, 0)
        .or_else(inside)
        .or_else(|| ruled(text))
        .or_else(spaced)
}

/// The longest run of lines that are drawn with bars, where something else stands around it.
fn drawn(text: &str) -> Option<(usize, &str)> {
    let mut best: Option<(usize, usize, usize)> = None;
    let mut run: Option<(usize, usize, usize)> = None;
    for (at, line) in lines(text) {
        let bars = line.contains('|') || (is_border(line) && line.contains('+'));
        run = match (bars, run) {
            (false, _) => None,
            (true, None) => Some((at, at + line.len(), 1)),
            (true, Some((start, _, count))) => Some((start, at + line.len(), count + 1)),
        };
        if run.map_or(0, |run| run.2) > best.map_or(1, |best| best.2) {
            best = run;
        }
    }
    let (start, end, _) = best?;
    Some((start, text.get(start..end)?))
}

/// Whether a text may hold columns that stand under each other: what is masked in one moves what stands behind it.
pub(in crate::egress) fn may_be_ruled(text: &str) -> bool {
    text.contains("---") && lines(text).any(|(_, line)| is_ruler(line))
}

fn is_ruler(line: &str) -> bool {
    line.contains("---") && line.bytes().all(|byte| matches!(byte, b'-' | b' '))
}

/// A table whose columns stand under each other, below headings that are underlined one by one.
fn ruled(text: &str) -> Option<Table> {
    let all: Vec<_> = lines(text).collect();
    let at = all
        .iter()
        .position(|(_, line)| is_ruler(line))
        .filter(|at| *at > 0)?;
    let mut columns = Vec::new();
    let mut start = 0;
    for dashes in all.get(at)?.1.split(' ') {
        if !dashes.is_empty() && columns.len() < COLUMNS_MAX {
            columns.push((start, start + dashes.len()));
        }
        start += dashes.len() + 1;
    }
    let cells = |(offset, line): &(usize, &str)| -> Vec<(usize, usize)> {
        let plain = line.is_ascii();
        let place = |nth: usize| match plain {
            true => nth.min(line.len()),
            false => place(line, nth),
        };
        let cell = |(n, (from, to)): (usize, &(usize, usize))| {
            // The last column has no other beside it.
            let to = if n + 1 == columns.len() {
                line.len()
            } else {
                place(*to)
            };
            let from = place(*from);
            let shown = line.get(from..to).unwrap_or_default();
            let lead = shown.len() - shown.trim_start().len();
            let begin = offset + from + lead;
            (begin, begin + shown.trim().len())
        };
        columns.iter().enumerate().map(cell).collect()
    };
    let named = cells(all.get(at - 1)?);
    let name = |(from, to): (usize, usize)| text.get(from..to).unwrap_or_default().to_owned();
    let rows = all
        .iter()
        .skip(at + 1)
        .take_while(|(_, line)| !line.trim().is_empty());
    (columns.len() > 1).then(|| Table {
        headings: named.into_iter().map(name).collect(),
        rows: rows.map(cells).collect(),
        pair: None,
    })
}

/// Where the nth character of a line begins, or its end.
fn place(line: &str, nth: usize) -> usize {
    let at = line.char_indices().nth(nth);
    at.map_or(line.len(), |(at, _)| at)
}

/// A line that only draws: `+----+----+`, `|---|---|`, `----+----`.
fn is_border(line: &str) -> bool {
    line.contains('-')
        && line
            .bytes()
            .all(|byte| matches!(byte, b'-' | b'+' | b'|' | b' ' | b':' | b'='))
}

fn whole(text: &str, offset: usize) -> Option<Table> {
    let mut lines = lines(text)
        .filter(|(_, line)| !line.trim().is_empty() && !is_border(line))
        .map(|(at, line)| (at + offset, line))
        .peekable();
    let first = lines.peek()?.1;
    let marks = |by: &u8| first.bytes().filter(|byte| byte == by).count();
    let by = [b'\t', b',', b';', b'|']
        .into_iter()
        .filter(|by| marks(by) > 0)
        .max_by_key(marks)?;
    let sample: Vec<_> = lines
        .clone()
        .take(SNIFF_LINES)
        .map(|(at, line)| cells(line, at, by).len())
        .collect();
    let count = *sample.first()?;
    let same = sample.iter().filter(|cells| **cells == count).count();
    if sample.len() < 2 || same * 4 < sample.len() * 3 || !(2..=COLUMNS_MAX).contains(&count) {
        return None;
    }
    let (at, head) = lines.next()?;
    let named = cells(head, at, by);
    let headings = named
        .iter()
        .map(|(start, end)| {
            let name = text.get(*start - offset..*end - offset);
            name.unwrap_or_default().trim().to_owned()
        })
        .collect();
    let rows = lines
        .map(|(at, line)| cells(line, at, by))
        .filter(|cells| cells.len() == count)
        .collect();
    let pair = (count == 2).then_some(named);
    Some(Table {
        headings,
        rows,
        pair,
    })
}

pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
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
