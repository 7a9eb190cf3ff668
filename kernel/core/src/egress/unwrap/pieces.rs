//! A value that is put together from literals (`"4111" + "1111"`), or has marks of emphasis between its letters: the
//! text with what stands between its parts taken out.
//! Knows nothing of the language, nor of what is searched for.

use crate::egress::view::View;

/// Longest stretch between two literals, in bytes.
const GAP_BYTES_MAX: usize = 24;
/// Most marks of emphasis in a row.
const EMPHASIS_MAX: usize = 3;

/// The text with its parts put together; `None` where nothing stands between any.
pub(in crate::egress) fn join(text: &str) -> Option<View> {
    let bytes = text.as_bytes();
    let mut listed = None;
    let mut view: Option<View> = None;
    let (mut from, mut at) = (0, 0);
    while let Some(mark) = next(bytes, at) {
        let quote = bytes.get(mark).copied().unwrap_or_default();
        let literal = matches!(quote, b'"' | b'\'' | b'`');
        let gap = literal
            .then(|| between(bytes, mark, quote, &mut listed))
            .flatten()
            .or_else(|| emphasis(bytes, mark, quote));
        let Some(length) = gap else {
            at = mark + 1;
            continue;
        };
        view.get_or_insert_with(|| View::with_capacity(text.len()))
            .copy(text.get(from..mark).unwrap_or_default(), from);
        from = mark + length;
        at = from;
    }
    let mut view = view?;
    view.copy(text.get(from..).unwrap_or_default(), from);
    Some(view)
}

fn next(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let mark = |byte: &u8| matches!(byte, b'"' | b'\'' | b'*' | b'`' | b'~');
    Some(at + rest.iter().position(mark)?)
}

/// Bytes from the end of one literal to the begin of the next, if what stands between them puts them together.
fn between(bytes: &[u8], at: usize, quote: u8, listed: &mut Option<bool>) -> Option<usize> {
    let rest = bytes.get(at + 1..)?;
    let named = [b".concat(".as_slice(), b").concat("]
        .iter()
        .find(|call| rest.starts_with(call))
        .map_or(0, |call| call.len());
    let window = rest.get(named..GAP_BYTES_MAX.min(rest.len()))?;
    let length = window.iter().position(|byte| !is_joint(*byte))?;
    let gap = window.get(..length)?;
    // Two quotes in a row are one that is escaped.
    if window.get(length) != Some(&quote) || (length == 0 && named == 0) {
        return None;
    }
    // Members of a list are put together only where something says so.
    if gap.contains(&b',') && !*listed.get_or_insert_with(|| is_put_together(bytes)) {
        return None;
    }
    Some(named + length + 2)
}

fn is_joint(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t'
            | b'\n'
            | b'\r'
            | b'+'
            | b'.'
            | b'|'
            | b'&'
            | b'\\'
            | b','
            | b'('
            | b')'
            | b'{'
            | b'}'
            | b'$'
            | b'_'
    )
}

/// Whether a text calls what puts the members of a list together.
fn is_put_together(bytes: &[u8]) -> bool {
    ["join", "oncat", "ONCAT", "mplode", "JOIN"]
        .iter()
        .any(|call| memchr::memmem::find(bytes, call.as_bytes()).is_some())
}

/// Marks of emphasis between two letters or digits.
fn emphasis(bytes: &[u8], at: usize, mark: u8) -> Option<usize> {
    let letter = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_graphic() && *byte != mark || *byte >= 0x80)
    };
    if !matches!(mark, b'*' | b'`' | b'~') || !letter(at.checked_sub(1).and_then(|b| bytes.get(b)))
    {
        return None;
    }
    let row = bytes.get(at..)?.iter().take(EMPHASIS_MAX + 1);
    let count = row.take_while(|byte| **byte == mark).count();
    let fits = count <= EMPHASIS_MAX && (mark != b'~' || count == 2);
    (fits && letter(bytes.get(at + count))).then_some(count)
}
