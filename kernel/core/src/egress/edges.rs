//! What belongs to a find right beside it: marks on its last letter, what nobody sees, tags that stand inside it too, the head of a data URL.
//! Knows nothing of what was found.

use unicode_normalization::char::is_combining_mark;

use super::fold;
use super::hit::Hit;

/// Longest tag, in bytes.
const TAG_BYTES_MAX: usize = 64;
/// Longest head of a data URL, in bytes.
const HEAD_BYTES_MAX: usize = 64;
/// Most characters on either side that nobody sees.
const UNSEEN_MAX: usize = 32;

/// Takes in combining marks, invisible characters and colours of terminals around a hit.
pub(super) fn unseen(text: &str, hit: &mut Hit) {
    for _ in 0..UNSEEN_MAX {
        let rest = text.get(hit.end..).unwrap_or_default();
        let length = fold::terminal(rest).or_else(|| {
            let c = rest.chars().next()?;
            (is_combining_mark(c) || fold::is_invisible(c)).then(|| c.len_utf8())
        });
        let Some(length) = length else {
            break;
        };
        hit.end += length;
    }
}

/// Takes in a tag before and after a hit that stands within it too: `<b>4</b><b>1</b>`.
pub(super) fn tags(text: &str, hit: &mut Hit) {
    let inner = text.get(hit.start..hit.end).unwrap_or_default();
    if !inner.contains('<') {
        return;
    }
    let rest = text.get(hit.end..).unwrap_or_default();
    let after = rest
        .starts_with("</")
        .then(|| {
            rest.bytes()
                .take(TAG_BYTES_MAX)
                .position(|byte| byte == b'>')
        })
        .flatten()
        .and_then(|end| rest.get(..=end))
        .filter(|tag| inner.contains(*tag))
        .map_or(0, str::len);
    let lead = text.get(..hit.start).unwrap_or_default();
    let before = lead
        .ends_with('>')
        .then(|| {
            lead.bytes()
                .rev()
                .take(TAG_BYTES_MAX)
                .position(|byte| byte == b'<')
        })
        .flatten()
        .and_then(|at| lead.get(lead.len() - at - 1..))
        .filter(|tag| inner.contains(*tag))
        .map_or(0, str::len);
    hit.start -= before;
    hit.end += after;
}

/// Where the data URL begins whose data begin at `start`; `start` where there is none.
pub(super) fn data_head(text: &str, start: usize) -> usize {
    let head = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'/' | b';' | b'=' | b'-' | b'+' | b':' | b',' | b'.')
    };
    let lead = text
        .as_bytes()
        .get(start.saturating_sub(HEAD_BYTES_MAX)..start);
    let lead = lead.unwrap_or_default();
    if lead.last() != Some(&b',') {
        return start;
    }
    let length = lead.iter().rev().take_while(|byte| head(byte)).count();
    let shown = lead.get(lead.len() - length..).unwrap_or_default();
    memchr::memmem::rfind(shown, b"data:").map_or(start, |at| start - shown.len() + at)
}
