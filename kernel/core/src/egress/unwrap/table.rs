//! Tables inside a text: CSV and its kin, rows drawn with bars, columns that stand under each other. Where the cells of each column are.
//! Knows nothing of what the columns hold.

use super::{aligned, heads, separated};

/// Most columns of a table.
pub(super) const COLUMNS_MAX: usize = 256;
/// Most headings that are read in one text.
const HEADINGS_MAX: usize = 1024;

/// A table: its headings and, line by line, the spans of its cells.
pub(in crate::egress) struct Table {
    pub(in crate::egress) headings: Vec<String>,
    pub(in crate::egress) rows: Vec<Vec<(usize, usize)>>,
    /// The cells of the headings, where they may be a pair like those below: a name and its value.
    pub(in crate::egress) pair: Option<Vec<(usize, usize)>>,
    /// It may be no table of its own but rows of another: one heading alone that names something is no proof.
    pub(in crate::egress) doubtful: bool,
}

impl Table {
    pub(in crate::egress) fn new(headings: Vec<String>, rows: Vec<Vec<(usize, usize)>>) -> Self {
        Self {
            headings,
            rows,
            pair: None,
            doubtful: false,
        }
    }

    /// Whether the first line is a row as those below, and no headings: it begins with a number as they do, or has a day
    /// where they have one. `1001,password,reset` names nothing.
    pub(in crate::egress) fn is_headless(&self, text: &str) -> bool {
        let number =
            |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
        let day = |cell: &str| {
            let marks = cell
                .bytes()
                .filter(|byte| matches!(byte, b'-' | b'/' | b'.'));
            cell.len() == 10
                && marks.count() == 2
                && cell.bytes().filter(u8::is_ascii_digit).count() == 8
        };
        let row = self.rows.first().into_iter().flatten();
        self.headings
            .iter()
            .zip(row)
            .enumerate()
            .any(|(nth, (heading, (from, to)))| {
                let cell = text.get(*from..*to).unwrap_or_default();
                nth == 0 && number(heading) && number(cell) || day(heading) && day(cell)
            })
    }
}

/// A line without its end, and where it begins.
pub(super) type Line<'t> = (usize, &'t str);

/// The tables of a text: all of it as one, and each block of lines that a blank line ends.
pub(in crate::egress) fn read(text: &str) -> Vec<Table> {
    let lines: Vec<Line<'_>> = lines(text).collect();
    let filled: Vec<Line<'_>> = lines.iter().copied().filter(is_filled).collect();
    let whole = separated::of_lines(text, &filled);
    let begin = whole.as_ref().map(|(begin, _)| *begin);
    let mut tables: Vec<Table> = whole.into_iter().map(|(_, table)| table).collect();
    if let [whole] = tables.as_mut_slice() {
        for block in lines.split(|line| !is_filled(line)).skip(1) {
            if let Some((from, to)) = titled(block) {
                let own = |row: &Vec<(usize, usize)>| {
                    row.first().is_some_and(|(at, _)| (from..=to).contains(at))
                };
                whole.rows.retain(|row| !own(row));
            }
        }
    }
    let mut headings = 0;
    for block in lines.split(|line| !is_filled(line)) {
        let told = begin.is_some_and(|begin| block.iter().any(|(at, _)| *at == begin));
        if block.len() < 2 || headings > HEADINGS_MAX {
            continue;
        }
        let more = further(text, block, HEADINGS_MAX);
        headings += more.iter().map(|table| table.headings.len()).sum::<usize>();
        tables.extend(more);
        if told {
            continue;
        }
        if let Some(table) = of_block(text, block, separated::among) {
            headings += table.headings.len();
            tables.push(table);
        }
    }
    tables
}

/// Where the table begins and its last line does that has a block for itself: words that announce it, headings, rows.
/// Those above it name none of its cells.
fn titled(block: &[Line<'_>]) -> Option<(usize, usize)> {
    let [(_, title), (from, head), (_, row), ..] = block else {
        return None;
    };
    let cells = |line: &str| line.contains(['\t', ',', ';', '|', '^', '~']);
    // What is masked already was a value.
    let valued = heads::has_digit(row) || row.contains(['<', '\u{1}']);
    let own = !cells(title) && cells(head) && heads::may_name(head) && valued;
    own.then_some((*from, block.last()?.0 + 1))
}

/// The table that lines are: ruled, told apart by marks as `separated` reads them, or aligned by blanks.
fn of_block(
    text: &str,
    lines: &[Line<'_>],
    separated: fn(&str, &[Line<'_>]) -> Option<Table>,
) -> Option<Table> {
    aligned::ruled(text, lines)
        .or_else(|| separated(text, lines))
        .or_else(|| aligned::read(text, lines))
}

/// The tables of a block that begin below its first line, so many headings at most; where there are any, what stands
/// above the first of them as a table too. Each ends where the next begins.
fn further(text: &str, block: &[Line<'_>], most: usize) -> Vec<Table> {
    let heads = heads::within(block);
    let (mut tables, mut named) = (Vec::new(), 0);
    let ends = heads.iter().skip(1).map(|next| next.at);
    for (head, end) in heads.iter().zip(ends.chain([block.len()])) {
        let lines = block.get(head.at..end).unwrap_or_default();
        let table = of_block(text, lines, separated::at);
        let Some(mut table) = table.filter(|table| !table.rows.is_empty() && named <= most) else {
            continue;
        };
        named += table.headings.len();
        table.doubtful |= head.doubtful;
        tables.push(table);
    }
    let above = heads.first().and_then(|first| block.get(..first.at));
    let above = above.filter(|lines| lines.len() > 1 && !tables.is_empty());
    tables.extend(above.and_then(|lines| aligned::read(text, lines)));
    tables
}

/// Whether a text may hold columns that stand under each other: what is masked in one moves what stands behind it.
pub(in crate::egress) fn may_be_aligned(text: &str) -> bool {
    memchr::memchr(b'\n', text.as_bytes()).is_some()
        && lines(text).any(|(_, line)| aligned::is_ruler(line) || aligned::has_gap(line))
}

fn is_filled((_, line): &Line<'_>) -> bool {
    !line.trim().is_empty()
}

pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> + Clone {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// Longest heading inside other text, in bytes, and most words of one.
const NAME_BYTES_MAX: usize = 48;
const NAME_WORDS_MAX: usize = 5;

/// Whether a text can be a heading where a table is not all that there is: no line of code, no piece of a sentence.
pub(super) fn is_name(heading: &str) -> bool {
    let code = |c: char| {
        matches!(
            c,
            '=' | ';' | '{' | '}' | '<' | '>' | '[' | ']' | '\\' | '`' | '!' | '$' | '"'
        )
    };
    let heading = heading.trim_matches(['`', '*', '_']);
    heading.len() <= NAME_BYTES_MAX
        && heading.split_whitespace().count() <= NAME_WORDS_MAX
        && !heading.contains(code)
        && !heading.trim_end_matches(':').contains(':')
        && !heading.contains("//")
        && !heading.ends_with(['.', ',', '?'])
        && heading.matches('(').count() == heading.matches(')').count()
        && !heading.contains("()")
}

/// What is written in a span.
pub(super) fn shown(text: &str, (from, to): (usize, usize)) -> String {
    text.get(from..to).unwrap_or_default().trim().to_owned()
}
