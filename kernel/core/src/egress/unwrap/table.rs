//! Tables inside a text (CSV and its kin, Markdown): where the cells of each column are.
//! Knows nothing of what the columns hold.

/// Most lines that are read to see whether a text is a table.
const SNIFF_LINES: usize = 6;
/// Most columns of a table.
const COLUMNS_MAX: usize = 256;

/// A table: its headings and, line by line, the spans of its cells.
pub(in crate::egress) struct Table {
    pub(in crate::egress) headings: Vec<String>,
    pub(in crate::egress) rows: Vec<Vec<(usize, usize)>>,
}

/// Reads a table, if the text is one: a heading line and lines with as many cells.
pub(in crate::egress) fn read(text: &str) -> Option<Table> {
    let mut lines = lines(text)
        .filter(|(_, line)| !line.trim().is_empty())
        .peekable();
    let first = lines.peek()?.1;
    let by = ['\t', ',', ';', '|']
        .into_iter()
        .filter(|by| first.contains(*by))
        .max_by_key(|by| first.matches(*by).count())?;
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
    let headings = cells(head, at, by)
        .into_iter()
        .map(|(start, end)| text.get(start..end).unwrap_or_default().trim().to_owned())
        .collect();
    let rows = lines
        .map(|(at, line)| cells(line, at, by))
        .filter(|cells| cells.len() == count)
        .collect();
    Some(Table { headings, rows })
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// Spans of the cells of one line, quotes and padding left out.
fn cells(line: &str, offset: usize, by: char) -> Vec<(usize, usize)> {
    let bare = if by == '|' {
        line.trim().trim_start_matches('|').trim_end_matches('|')
    } else {
        line
    };
    let lead = line.find(bare).unwrap_or(0);
    let mut spans = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    for (at, c) in bare.char_indices().chain(std::iter::once((bare.len(), by))) {
        if c == '"' {
            quoted = !quoted;
        }
        if (c == by && !quoted) || at == bare.len() {
            let cell = bare.get(start..at).unwrap_or_default();
            let inner = cell.trim().trim_matches('"');
            let from = start + cell.find(inner).unwrap_or(0);
            spans.push((offset + lead + from, offset + lead + from + inner.len()));
            start = at + c.len_utf8();
        }
        if spans.len() > COLUMNS_MAX {
            break;
        }
    }
    spans
}
