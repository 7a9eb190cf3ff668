//! Values whose letters stand apart one by one by the same mark: `0 | 8 | 6 | - | 4`, `+·1· ·2·0·1`.
//! Knows nothing of what they make up.

use crate::egress::view::View;

/// Longest mark between two letters, in bytes.
const MARK_BYTES_MAX: usize = 4;
/// Fewest letters in a row.
const LETTERS_MIN: usize = 9;
/// Fewest of them that are letters or digits and follow each other: no value has as many other signs between two.
pub(in crate::egress) const ALONE_MIN: usize = 3;

/// The text with such letters together; `None` where there are none.
pub(in crate::egress) fn join(text: &str) -> Option<View> {
    let bytes = text.as_bytes();
    let mut view: Option<View> = None;
    let (mut from, mut at) = (0, 0);
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(u8::is_ascii_alphanumeric))
    {
        let start = at + found;
        at = start + 1;
        // A letter that stands alone, and another after the same mark.
        if bytes.get(at).is_none_or(u8::is_ascii_alphanumeric) {
            let word = bytes.get(at..).unwrap_or_default();
            let length = word.iter().position(|byte| !byte.is_ascii_alphanumeric());
            at += length.unwrap_or(word.len());
            continue;
        }
        let read = marks(text, at).into_iter().flatten().find_map(|mark| {
            let begin = before(bytes, start, mark);
            let end = row(text, start, mark);
            // As many marks as letters but one.
            let letters = (end - begin) / (mark.len() + 1) + 1;
            (letters >= LETTERS_MIN).then_some((mark, begin, end))
        });
        let Some((mark, begin, end)) = read else {
            continue;
        };
        let view = view.get_or_insert_with(|| View::with_capacity(text.len()));
        view.copy(text.get(from..begin).unwrap_or_default(), from);
        let mut shown = begin;
        while let Some(c) = text.get(shown..end).and_then(|rest| rest.chars().next()) {
            view.put(c, shown, c.len_utf8());
            shown += c.len_utf8() + mark.len();
        }
        (from, at) = (end, end);
    }
    let mut view = view?;
    view.copy(text.get(from..).unwrap_or_default(), from);
    Some(view)
}

/// What stands between the letter before `at` and the next: a mark, or two of them around a letter that is none.
fn marks(text: &str, at: usize) -> [Option<&str>; 2] {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let length = rest
        .iter()
        .take(2 * MARK_BYTES_MAX + 2)
        .position(u8::is_ascii_alphanumeric);
    let gap = length.and_then(|length| text.get(at..at + length));
    let gap = gap.filter(|gap| !gap.is_empty()).unwrap_or_default();
    let half = gap.len().saturating_sub(1) / 2;
    let around = gap
        .get(..half)
        .filter(|mark| gap.len() % 2 == 1 && half > 0 && gap.ends_with(*mark));
    let whole = Some(gap).filter(|gap| (1..=MARK_BYTES_MAX).contains(&gap.len()));
    [whole, around]
}

/// Where the row begins: a sign may stand before its first letter.
fn before(bytes: &[u8], start: usize, mark: &str) -> usize {
    let lead = start.checked_sub(mark.len() + 1);
    let sign = lead.filter(|lead| {
        bytes.get(*lead) == Some(&b'+') && bytes.get(lead + 1..start) == Some(mark.as_bytes())
    });
    sign.unwrap_or(start)
}

/// One past the last letter of the row.
fn row(text: &str, start: usize, mark: &str) -> usize {
    let mut end = start + 1;
    while let Some(c) = text
        .get(end..)
        .and_then(|rest| rest.strip_prefix(mark))
        .and_then(|rest| rest.chars().next())
    {
        let after = end + mark.len() + c.len_utf8();
        let goes_on = text.get(after..).is_some_and(|rest| rest.starts_with(mark));
        let ends = text
            .as_bytes()
            .get(after)
            .is_none_or(|next| !next.is_ascii_alphanumeric());
        if c == '\n' || !(goes_on || (ends && c.is_ascii_alphanumeric())) {
            break;
        }
        end = after;
        if !goes_on {
            break;
        }
    }
    end
}
