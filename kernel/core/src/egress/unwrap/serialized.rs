//! Values that PHP wrote with their types and lengths: `a:1:{s:3:"ssn";s:9:"…";}`, each under its key.
//! Knows nothing of what the keys say, and follows no reference.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::table::{COLUMNS_MAX, Table};

/// Deepest nesting that is followed.
const DEPTH_MAX: usize = 32;
/// Longest key, and longest number before a mark, in bytes.
const KEY_BYTES_MAX: usize = 128;
const NUMBER_BYTES_MAX: usize = 24;

/// How far the end of a value is looked for that is not as long as it says.
const VALUE_BYTES_MAX: usize = 256;

type Span = (usize, usize);

/// The begin of an array or an object's members, and of a text under a variable's name.
static OPENS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [":{", "|s:"].map(Finder::new));

/// Every value of a text that is written so, under its key.
pub(in crate::egress) fn read(text: &str) -> Vec<Table> {
    let mut found = Vec::new();
    let [members, variables] = &*OPENS;
    let mut next = 0;
    for at in members.find_iter(text.as_bytes()) {
        if at >= next
            && text
                .as_bytes()
                .get(at.wrapping_sub(1))
                .is_some_and(u8::is_ascii_digit)
        {
            next = inside(text, at + 2, &mut found);
        }
    }
    for at in variables.find_iter(text.as_bytes()) {
        let from = at.saturating_sub(KEY_BYTES_MAX);
        let lead = text.as_bytes().get(from..at).unwrap_or_default();
        let name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let length = lead.iter().rev().take_while(name).count();
        if let Some(Value::Text(span, _)) = value(text, at + 1) {
            let mut level = Level::default();
            level.add(text, (at - length, at), span);
            level.close(&mut found);
        }
    }
    found
}

/// Members of one array or object.
#[derive(Default)]
struct Level {
    /// The key whose value comes next.
    key: Option<Span>,
    /// Whose members they are, where that has a name.
    class: Span,
    headings: Vec<String>,
    row: Vec<Span>,
}

impl Level {
    fn add(&mut self, text: &str, (from, to): Span, span: Span) {
        let key = text.get(from..to);
        let key = key.filter(|key| !key.is_empty() && key.len() <= KEY_BYTES_MAX);
        if let Some(key) = key.filter(|_| self.row.len() < COLUMNS_MAX) {
            // `\0User\0password`, `\0*\0password`: a member that others may not see has its class before it, in NULs that
            // nobody sees.
            let own = key.rsplit('\0').next().unwrap_or(key);
            let class = text.get(self.class.0..self.class.1).unwrap_or_default();
            let bare = own.strip_prefix(class).filter(|bare| !bare.is_empty());
            let bare = bare.unwrap_or(own).trim_start_matches('*');
            self.headings.push(bare.to_owned());
            self.row.push(span);
        }
    }

    fn close(self, found: &mut Vec<Table>) {
        if !self.row.is_empty() {
            found.push(Table::new(self.headings, vec![self.row]));
        }
    }
}

/// What stands at a place, and where it ends.
enum Value {
    /// A text or a number.
    Text(Span, usize),
    /// Nothing that could be named.
    Other(usize),
    /// Members follow, of a class or of none.
    Open(Span, usize),
}

/// Reads members from `at` on, and those of their members; answers where they end.
fn inside(text: &str, mut at: usize, found: &mut Vec<Table>) -> usize {
    let class = class_before(text, at);
    let mut levels = vec![Level {
        class,
        ..Level::default()
    }];
    while let Some(level) = levels.last_mut() {
        if text.as_bytes().get(at) == Some(&b'}') {
            levels
                .pop()
                .into_iter()
                .for_each(|level| level.close(found));
            at += 1;
            continue;
        }
        at = match (value(text, at), level.key.take()) {
            (Some(Value::Text(span, end)), None) => {
                level.key = Some(span);
                end
            }
            (Some(Value::Text(span, end)), Some(key)) => {
                level.add(text, key, span);
                end
            }
            (Some(Value::Other(end)), Some(_)) => end,
            (Some(Value::Open(class, end)), Some(_)) if levels.len() < DEPTH_MAX => {
                levels.push(Level {
                    class,
                    ..Level::default()
                });
                end
            }
            _ => break,
        };
    }
    // What is cut short says as much as was read.
    levels.into_iter().for_each(|level| level.close(found));
    at
}

/// The class whose members begin here: `O:4:"User":2:{`.
fn class_before(text: &str, at: usize) -> Span {
    let from = at.saturating_sub(KEY_BYTES_MAX);
    let lead = text.as_bytes().get(from..at).unwrap_or_default();
    let close = memchr::memrchr(b'"', lead).filter(|close| lead.len() - close <= NUMBER_BYTES_MAX);
    let open = close.and_then(|close| memchr::memrchr(b'"', lead.get(..close)?));
    match (open, close) {
        (Some(open), Some(close)) => (from + open + 1, from + close),
        _ => (0, 0),
    }
}

fn value(text: &str, at: usize) -> Option<Value> {
    let bytes = text.as_bytes();
    let tag = *bytes.get(at)?;
    if tag == b'N' {
        return (bytes.get(at + 1) == Some(&b';')).then_some(Value::Other(at + 2));
    }
    let from = at + 2;
    if bytes.get(at + 1) != Some(&b':') {
        return None;
    }
    let window = bytes.get(from..(from + NUMBER_BYTES_MAX).min(bytes.len()))?;
    let mark = window.iter().position(|byte| matches!(byte, b':' | b';'))?;
    let end = from + mark;
    let number = text.get(from..end)?;
    match tag {
        b'i' | b'd' if bytes.get(end) == Some(&b';') => Some(Value::Text((from, end), end + 1)),
        b'b' | b'r' | b'R' if bytes.get(end) == Some(&b';') => Some(Value::Other(end + 1)),
        b's' if bytes.get(end + 1) == Some(&b'"') => {
            let start = end + 2;
            let length: usize = number.parse().ok()?;
            let close = start.checked_add(length)?;
            // What was masked or written in another encoding has another length than it says.
            let close = match bytes.get(close..close.checked_add(2)?) {
                Some(b"\";") => close,
                _ => {
                    let window = bytes.get(start..(start + VALUE_BYTES_MAX).min(bytes.len()))?;
                    start + memchr::memmem::find(window, b"\";")?
                }
            };
            Some(Value::Text((start, close), close + 2))
        }
        b'a' if bytes.get(end + 1) == Some(&b'{') => Some(Value::Open((0, 0), end + 2)),
        b'O' | b'E' => {
            // `O:4:"User":2:{`
            let rest = bytes.get(end..(end + KEY_BYTES_MAX + NUMBER_BYTES_MAX).min(bytes.len()))?;
            let open = memchr::memchr(b'{', rest)?;
            let close = memchr::memrchr(b'"', rest.get(..open)?).unwrap_or(2);
            let class = (end + 2, end + close.max(2));
            Some(Value::Open(class, end + open + 1))
        }
        _ => None,
    }
}
