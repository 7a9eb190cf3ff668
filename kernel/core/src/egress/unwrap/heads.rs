//! Lines within a block at which another table may begin, though no blank line stands before it.
//! Knows nothing of what headings say: whoever reads a table that only seems to begin there asks that.

use super::aligned::{has_gap, is_ruler};
use super::separated::{MARKS, is_border};
use super::table::Line;

/// Where another table may begin.
pub(super) struct Head {
    /// The place of its line within the block.
    pub(super) at: usize,
    /// Nothing but a lack of digits tells it from a row: what it says must make up for that.
    pub(super) doubtful: bool,
}

/// The lines of a block, but its first, that may hold headings.
pub(super) fn within(lines: &[Line<'_>]) -> Vec<Head> {
    let mut heads = Vec::new();
    for (nth, three) in lines.windows(3).enumerate() {
        let [(_, before), (_, line), (_, after)] = three else {
            continue;
        };
        if !may_name(line) {
            continue;
        }
        let under = is_border(after) || is_ruler(after);
        let same = signature(line) == signature(before);
        let goes_on = signature(line) == signature(after) || has_gap(line) && has_gap(after);
        let doubtful = !under && same;
        let begins = match (under, same) {
            (true, _) => !is_border(before) || !is_border(after) || nth > 0,
            (false, false) => goes_on,
            (false, true) => goes_on && has_digit(before) && has_digit(after),
        };
        if begins {
            heads.push(Head {
                at: nth + 1,
                doubtful,
            });
        }
    }
    heads
}

/// Whether a line has several cells, and none of them begins as a number does.
pub(super) fn may_name(line: &str) -> bool {
    let bytes = line.as_bytes();
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_none_or(u8::is_ascii_digit) || is_border(line) || is_ruler(line) {
        return false;
    }
    let mark = |byte: u8| MARKS.contains(&byte);
    let mut fresh = true;
    for byte in bytes {
        match byte {
            b'0'..=b'9' if fresh => return false,
            b' ' | b'"' | b'\'' => {}
            byte => fresh = mark(*byte),
        }
    }
    bytes.iter().any(|byte| mark(*byte)) || has_gap(line)
}

/// How often each mark stands in a line.
fn signature(line: &str) -> [usize; MARKS.len()] {
    let mut counts = [0; MARKS.len()];
    for byte in line.bytes() {
        for (count, mark) in counts.iter_mut().zip(MARKS) {
            *count += usize::from(byte == mark);
        }
    }
    counts
}

pub(super) fn has_digit(line: &str) -> bool {
    line.bytes().any(|byte| byte.is_ascii_digit())
}
