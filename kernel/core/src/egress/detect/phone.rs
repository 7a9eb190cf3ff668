//! Telephone numbers: E.164 with a country code, the North American plan, trunk-zero national forms.
//! Knows nothing of who answers.

use super::calling_code;
use super::checksum::{number, uniform};
use super::number::Sequence;
use crate::egress::context::hint;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;

/// Fewest digits of anything that is found here; no country has shorter numbers.
pub(super) const DIGITS_MIN: usize = 6;
/// Most groups of a telephone number.
const GROUPS_MAX: usize = 8;

/// Most digits of a number with its country code, and what was written before it.
const INTERNATIONAL_DIGITS_MAX: usize = 17;

/// Finds telephone numbers: strong shapes anywhere, any plausible one where named.
pub(super) fn find(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    let mut at = 0;
    while at < sequence.len() {
        let found = international(sequence, at)
            .or_else(|| north_american(sequence, at))
            .or_else(|| brazilian(sequence, at));
        if let Some((count, start, end)) = found {
            hits.push(Hit::new(Kind::PHONE_NUMBER, start, end));
            at += count;
        } else {
            at += 1;
        }
    }
    national(sequence, hits);
    named(sequence, hits);
}

/// Whether the separators inside are those that people type in telephone numbers.
fn typed(sequence: &Sequence<'_, '_>, at: usize, count: usize) -> bool {
    (at..at + count.saturating_sub(1)).all(|n| {
        let gap = sequence.gap(n);
        gap.bytes()
            .all(|byte| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/' | b'_' | b'\t'))
            && gap != "--"
    })
}

/// `+49 30 901820`, `0049 …`: a country code that exists and a length that it allows.
fn international(sequence: &mut Sequence<'_, '_>, at: usize) -> Option<(usize, usize, usize)> {
    let first = sequence.group(at)?;
    let text = sequence.text;
    let bracket = usize::from(text.before(first.start) == b'(');
    let mark = first.start.checked_sub(bracket)?;
    let plus = text.before(mark) == b'+';
    let zeros = !plus && at == 0 && text.bytes(first.start, first.end).starts_with(b"00");
    if !(plus || zeros) || (plus && text.word_before(mark.saturating_sub(1))) {
        return None;
    }
    let most = (1..=GROUPS_MAX)
        .take_while(|count| {
            sequence.group(at + count - 1).is_some()
                && typed(sequence, at, *count)
                && sequence.digits(at, *count).bytes().len() <= INTERNATIONAL_DIGITS_MAX
        })
        .last()?;
    // The longest that the plan allows: what follows the number may be digits too.
    let count = (1..=most).rev().find(|count| {
        let digits = sequence.digits(at, *count);
        let digits = digits.bytes();
        let plain = if zeros {
            digits.strip_prefix(b"00").unwrap_or_default()
        } else {
            digits
        };
        calling_code::allows(plain) && !uniform(plain) && (!zeros || *count > 1)
    })?;
    let (_, end) = sequence.span(at, count);
    let start = if plus { mark - 1 } else { first.start };
    let fraction = count == 2 && sequence.gap(at) == "." && sequence.size(at) < 3;
    (!fraction).then_some((count, start, end))
}

/// Whether a text is one number with a plus and a country code, in groups, and nothing else.
pub(in crate::egress) fn is_whole(text: &str) -> bool {
    let Some(number) = text.strip_prefix('+') else {
        return false;
    };
    let mut held = [0u8; INTERNATIONAL_DIGITS_MAX];
    let (mut count, mut groups, mut gap, mut first) = (0, 1, 0, 0);
    let mut last = b'-';
    for byte in number.bytes() {
        if byte.is_ascii_digit() {
            groups += usize::from(gap > 0);
            first = if groups == 1 { count + 1 } else { first };
            let Some(slot) = held.get_mut(count) else {
                return false;
            };
            *slot = byte;
            count += 1;
            gap = 0;
        } else if gap > 0 || count == 0 || !matches!(byte, b' ' | b'-' | b'.') {
            return false;
        } else {
            gap = 1;
        }
        last = byte;
    }
    let digits = held.get(..count).unwrap_or_default();
    // `+1.5` may be a decimal number.
    let fraction = groups == 2 && first < 3 && number.as_bytes().get(first) == Some(&b'.');
    last.is_ascii_digit()
        && count >= DIGITS_MIN
        && groups < GROUPS_MAX
        && !fraction
        && calling_code::allows(digits)
        && !uniform(digits)
}

/// Area code, exchange and line of the North American plan, with the optional country code before.
fn north_american(sequence: &mut Sequence<'_, '_>, at: usize) -> Option<(usize, usize, usize)> {
    let one = |start: usize| sequence.text.byte(start) == b'1';
    let lead = sequence.size(at) == 1 && sequence.group(at).is_some_and(|group| one(group.start));
    let lead = usize::from(lead);
    let area = at + lead;
    if !sequence.has_shape(area, &[3, 3, 4]) || !typed(sequence, at, lead + 3) {
        return None;
    }
    if !is_north_american(sequence.digits(area, 3).bytes()) {
        return None;
    }
    let first = sequence.group(at)?;
    let text = sequence.text;
    let bracket = lead == 0 && text.before(first.start) == b'(';
    let even = sequence.gap(area) == sequence.gap(area + 1)
        || sequence.gap(area).contains(')')
        || (lead == 1 && sequence.gap(area + 1) == "-");
    let list = sequence.goes_on(area, 3) && lead == 0;
    let glued = first.glued_before || text.before(first.start) == b'-';
    if (!even || list || glued || sequence.context().has(hint::MISLEADING))
        && !sequence.is_named(Kind::PHONE_NUMBER)
    {
        return None;
    }
    let (start, end) = sequence.span(at, lead + 3);
    Some((lead + 3, start - usize::from(bracket), end))
}

/// `2xx-9xx` twice, no service codes.
pub(super) fn is_north_american(ten: &[u8]) -> bool {
    let (area, exchange) = (number(ten, 0, 3), number(ten, 3, 6));
    (200..=999).contains(&area)
        && (200..=999).contains(&exchange)
        && area % 100 != 11
        && exchange % 100 != 11
        && !uniform(ten)
}

/// `(11) 91234-5678`.
fn brazilian(sequence: &mut Sequence<'_, '_>, at: usize) -> Option<(usize, usize, usize)> {
    let first = sequence.group(at)?;
    let shape = sequence.has_shape(at, &[2, 5, 4]) || sequence.has_shape(at, &[2, 4, 4]);
    let bracketed = sequence.text.before(first.start) == b'(' && sequence.gap(at).starts_with(')');
    if !shape || !bracketed || sequence.gap(at + 1) != "-" {
        return None;
    }
    let (start, end) = sequence.span(at, 3);
    Some((3, start - 1, end))
}

/// `020 7946 0958`, `01 23 45 67 89`, `0171/2345678`: a trunk zero and ten or eleven digits in groups.
fn national(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    let count = sequence.len();
    if !(2..=6).contains(&count) || sequence.text.byte(sequence.span(0, 1).0) != b'0' {
        return;
    }
    let digits = sequence.digits(0, count);
    let digits = digits.bytes();
    let trunk = digits.first() == Some(&b'0') && digits.get(1).is_some_and(|b| *b != b'0');
    if !trunk || !(2..=6).contains(&count) || !(10..=11).contains(&digits.len()) {
        return;
    }
    let french = sequence.has_shape(0, &[2, 2, 2, 2, 2]);
    let grouped = french || ((3..=5).contains(&sequence.size(0)) && count <= 4);
    let by_space = (0..count - 1).all(|at| {
        let gap = sequence.gap(at);
        matches!(gap, " " | "-" | ") " | "/" | " / " | ")") || (french && gap == ".")
    });
    let (mut start, end) = sequence.span(0, count);
    let glued = sequence.group(0).is_some_and(|group| group.glued_before)
        || sequence
            .group(count - 1)
            .is_some_and(|group| group.glued_after);
    if grouped && by_space && !glued && !sequence.context().has(hint::MISLEADING) {
        start -= usize::from(sequence.text.before(start) == b'(');
        hits.push(Hit::new(Kind::PHONE_NUMBER, start, end));
    }
}

/// Seven to fifteen digits that somebody calls a telephone number.
fn named(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    let count = sequence.len().min(GROUPS_MAX);
    let length: usize = (0..count).map(|at| sequence.size(at)).sum();
    if !(7..=15).contains(&length)
        || !sequence.is_named(Kind::PHONE_NUMBER)
        || !typed(sequence, 0, count)
        || sequence.group(0).is_some_and(|group| group.glued_before)
        || uniform(sequence.digits(0, count).bytes())
    {
        return;
    }
    let (mut start, end) = sequence.span(0, count);
    // `2024-01-15 10:30`: a date is none, whatever the key.
    let dated = sequence.has_shape(0, &[4, 2, 2])
        || (sequence.has_shape(0, &[4, 2, 3]) && sequence.gap(0) == ".");
    if dated && matches!(number(sequence.digits(0, 1).bytes(), 0, 4), 1900..=2099) {
        return;
    }
    while matches!(sequence.text.before(start), b'+' | b'(') {
        start -= 1;
    }
    hits.push(Hit::new(Kind::PHONE_NUMBER, start, end));
}
