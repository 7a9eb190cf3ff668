//! One line of a configuration: a key, a value beside it, an item, the heading of a section.
//! Knows nothing of the lines around it.

/// Longest key, in bytes, and most words of one.
const KEY_BYTES_MAX: usize = 48;
const KEY_WORDS_MAX: usize = 3;
/// Longest line that is read, in bytes: a longer one is no configuration.
const LINE_BYTES_MAX: usize = 4096;

/// A part of a line, or all of it.
#[derive(Clone, Copy)]
pub(super) struct Line<'t> {
    pub(super) indent: usize,
    /// An item of a list begins here; what it is stands below.
    pub(super) item: bool,
    pub(super) key: Option<(&'t str, usize)>,
    pub(super) value: Option<(&'t str, usize)>,
}

impl<'t> Line<'t> {
    /// A key alone.
    pub(super) fn key(indent: usize, name: &'t str, at: usize) -> Self {
        Self {
            indent,
            item: false,
            key: Some((name, at)),
            value: None,
        }
    }

    /// A text alone.
    pub(super) fn text(indent: usize, shown: &'t str, at: usize) -> Self {
        Self {
            indent,
            item: false,
            key: None,
            value: Some((shown, at)),
        }
    }

    fn item(indent: usize) -> Self {
        Self {
            indent,
            item: true,
            key: None,
            value: None,
        }
    }
}

/// What a line says.
pub(super) enum Said<'t> {
    /// Blank, a comment, a mark between documents.
    Nothing,
    /// `[a.b]`: its names.
    Section(Vec<(&'t str, usize)>),
    /// Items that begin, then a pair or a value.
    Lines(Vec<Line<'t>>),
    /// None of these: a text.
    Other(Line<'t>),
}

/// Reads a line that begins at `at` of its text.
pub(super) fn read(line: &str, at: usize) -> Said<'_> {
    let bare = line.trim_start_matches([' ', '\t']);
    let mut indent = line.len() - bare.len();
    let mut rest = bare.trim_end();
    if rest.is_empty() || rest.starts_with(['#', ';']) || matches!(rest, "---" | "...") {
        return Said::Nothing;
    }
    if line.len() > LINE_BYTES_MAX {
        return Said::Other(Line::text(indent, "", at));
    }
    if let Some(names) = section(rest, at + indent) {
        return Said::Section(names);
    }
    let mut lines = Vec::new();
    loop {
        let after = match rest.strip_prefix('-') {
            Some("") => "",
            Some(after) if after.starts_with(' ') => after.trim_start_matches(' '),
            _ => break,
        };
        lines.push(Line::item(indent));
        indent += rest.len() - after.len();
        rest = after;
    }
    if rest.is_empty() {
        return Said::Lines(lines);
    }
    let from = at + indent;
    match pair(rest, from) {
        Some((key, value)) => {
            let members = value.and_then(|(text, at)| flow(text, at, indent + 1));
            let value = value.filter(|_| members.is_none());
            let value = value.map(|(text, at)| unquoted(text, at));
            lines.push(Line {
                value,
                ..Line::key(indent, key.0, key.1)
            });
            lines.extend(members.into_iter().flatten());
        }
        None if lines.is_empty() => return Said::Other(text(indent, rest, from)),
        None => match flow(rest, from, indent) {
            Some(members) => lines.extend(members),
            None => lines.push(text(indent, rest, from)),
        },
    }
    Said::Lines(lines)
}

/// `name   | value`, as a data base prints the columns of one record below each other.
pub(super) fn read_barred(line: &str, at: usize) -> Option<Line<'_>> {
    let (name, value) = line.split_once(" | ").or_else(|| line.split_once("| "))?;
    let key = name.trim_end();
    let shown = value.trim();
    let from = line.len() - value.trim_start().len();
    is_key(key).then(|| Line {
        value: (!shown.is_empty()).then_some((shown, at + from)),
        ..Line::key(0, key, at)
    })
}

fn text(indent: usize, shown: &str, at: usize) -> Line<'_> {
    let (shown, at) = unquoted(shown, at);
    Line::text(indent, shown, at)
}

/// `{name: value, name: value}`: its members, as if each stood on a line.
fn flow(shown: &str, at: usize, indent: usize) -> Option<Vec<Line<'_>>> {
    let inner = shown.strip_prefix('{')?.strip_suffix('}')?;
    let mut members = Vec::new();
    let mut from = at + 1;
    for part in inner.split(',') {
        let bare = part.trim_start();
        let (key, value) = pair(bare.trim_end(), from + (part.len() - bare.len()))?;
        members.push(Line {
            value: value.map(|(text, at)| unquoted(text, at)),
            ..Line::key(indent, key.0, key.1)
        });
        from += part.len() + 1;
    }
    Some(members)
}

/// `[a.b]`, `[[a]]`: the names, each with its place.
fn section(line: &str, at: usize) -> Option<Vec<(&str, usize)>> {
    let names = line.trim_start_matches('[');
    let open = line.len() - names.len();
    let names = names.strip_suffix(&"]]".get(..open)?)?;
    if open == 0 || names.is_empty() || names.len() > 2 * KEY_BYTES_MAX {
        return None;
    }
    let mut found = Vec::new();
    let mut from = at + open;
    for name in names.split('.') {
        let bare = name.trim_matches(['"', '\'', ' ']);
        if !is_key(bare) {
            return None;
        }
        found.push((bare, from + name.find(bare).unwrap_or(0)));
        from += name.len() + 1;
    }
    Some(found)
}

/// A name or a text with its place.
type Placed<'t> = (&'t str, usize);

/// `key: value`, `key = value`, `key:`.
fn pair(line: &str, at: usize) -> Option<(Placed<'_>, Option<Placed<'_>>)> {
    let mark = line.find([':', '='])?;
    let (name, rest) = line.split_at(mark);
    let colon = rest.starts_with(':');
    let value = rest.get(1..)?;
    // `12:30`, `http://x` and `a==b` are no pairs.
    if (colon && !value.is_empty() && !value.starts_with([' ', '\t'])) || value.starts_with('=') {
        return None;
    }
    let bare = name.trim_end();
    let bare = bare.strip_prefix("export ").unwrap_or(bare);
    let key = bare.trim_matches(['"', '\'', ' ']);
    if !is_key(key) {
        return None;
    }
    let key_at = at + name.find(key)?;
    let bare = value.trim_start();
    let from = at + mark + 1 + (value.len() - bare.len());
    let shown = bare.strip_suffix(',').unwrap_or(bare).trim_end();
    // A text, a list or an object that begins here stands below.
    let below = shown.is_empty()
        || matches!(
            shown,
            "|" | ">" | "|-" | ">-" | "|+" | ">+" | "{" | "[" | "Some("
        );
    Some(((key, key_at), (!below).then_some((shown, from))))
}

/// A value without its quotes, or without the comment after it.
fn unquoted(value: &str, at: usize) -> (&str, usize) {
    for quote in ['"', '\''] {
        let inner = value.strip_prefix(quote);
        if let Some((inner, _)) = inner.and_then(|inner| inner.split_once(quote)) {
            return (inner, at + 1);
        }
    }
    let end = value.find(" #").unwrap_or(value.len());
    (value.get(..end).unwrap_or(value).trim_end(), at)
}

/// A name as fields have them.
fn is_key(name: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&name.len())
        && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '/'))
        && name.split(' ').count() <= KEY_WORDS_MAX
}
