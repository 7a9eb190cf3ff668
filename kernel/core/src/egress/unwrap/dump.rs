//! Dumps of bytes as tools print them: an offset, bytes in base 16, the letters beside them, line under line.
//! Knows nothing of what the bytes say.

use crate::egress::view::View;

/// Letters of an offset.
const OFFSET_LETTERS: std::ops::RangeInclusive<usize> = 4..=16;
/// Bytes of one line, and letters of one group of them.
const LINE_BYTES_MAX: usize = 32;
const GROUP_LETTERS_MAX: usize = 16;
/// Fewest bytes that are read as a text.
const TEXT_BYTES_MIN: usize = 8;

/// The letters of each dump in a text, with the way back to the bytes in base 16.
pub(in crate::egress) fn read(text: &str) -> Vec<View> {
    let mut found = Vec::new();
    let mut view = View::default();
    let mut at = 0;
    let mut close = |view: &mut View| {
        if view.text().len() >= TEXT_BYTES_MIN {
            found.push(std::mem::take(view));
        } else if !view.text().is_empty() {
            *view = View::default();
        }
    };
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |last| last + 1);
        if !letters(rest.get(..length).unwrap_or_default(), at, &mut view) {
            close(&mut view);
        }
        at += length;
    }
    close(&mut view);
    found
}

/// Adds what one line of a dump holds; whether it is one.
fn letters(line: &str, offset: usize, view: &mut View) -> bool {
    let bytes = line.as_bytes();
    let hex = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count()
    };
    let blanks = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| **byte == b' ').count()
    };
    let head = hex(0);
    let colon = bytes.get(head) == Some(&b':');
    let mut at = head + usize::from(colon);
    if !OFFSET_LETTERS.contains(&head) || blanks(at) == 0 {
        return false;
    }
    let mut count = 0;
    while count < LINE_BYTES_MAX {
        let gap = blanks(at);
        let length = hex(at + gap);
        // Two blanks part the bytes from their letters, or the halves of a line.
        let beside = count > 0 && gap > 1 && (colon || gap > 2);
        let whole = length > 0 && length.is_multiple_of(2) && length <= GROUP_LETTERS_MAX;
        let ends = bytes
            .get(at + gap + length)
            .is_none_or(u8::is_ascii_whitespace);
        if gap == 0 || beside || !whole || !ends {
            break;
        }
        at += gap;
        for pair in (at..at + length).step_by(2) {
            let code = line
                .get(pair..pair + 2)
                .and_then(|two| u8::from_str_radix(two, 16).ok());
            let c = code.filter(u8::is_ascii).map_or('\u{1}', char::from);
            view.put(c, offset + pair, 2);
            count += 1;
        }
        at += length;
    }
    count > 0
}
