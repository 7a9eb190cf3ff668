//! Cards and accounts whose groups stand apart by the same mark, whatever it is: `4111|1111|…`, `DE89—3704—…`,
//! pictures, bullets, words between them aside.
//! Knows nothing of the marks that people type; those are read with the numbers.

use super::card;
use super::iban;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::mask::BARRIER;
use crate::egress::ways::way;
use crate::egress::words::{Word, class};

/// Most bytes between two groups.
const GAP_BYTES_MAX: usize = 12;
/// Longest group that is looked at.
const GROUP_BYTES_MAX: usize = 19;
/// Longest word that an account which stands apart begins with.
const HEAD_BYTES_MAX: usize = 12;
/// Fewest digits after the point of a card that is written as a number.
const FRACTION_MIN: usize = 11;
/// Fewest digits of a card or an account.
const DIGITS_MIN: usize = 12;
/// Most groups: every digit of the longest card alone, every letter of the longest account.
const GROUPS_MAX: usize = 34;
/// Groups in which cards are printed and typed.
const SHAPES: [&[usize]; 3] = [&[4, 4, 4, 4], &[4, 6, 5], &[4, 4, 4, 4, 3]];

#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
    digits: bool,
}

/// Finds them.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    if text.lexed.digits < DIGITS_MIN {
        return;
    }
    for word in &text.lexed.words {
        hits.extend(power(text, word.start, word.end));
    }
    let lexed = text.lexed;
    if !lexed.has(class::OTHER_SCRIPT) && !lexed.still_leads(way::SPREAD, || may_hold(text)) {
        return;
    }
    let mut run: Vec<Group> = Vec::new();
    let mut gap = "";
    let mut at = 0;
    while let Some(group) = next(text, at) {
        at = group.end;
        let last = run.last().copied();
        if let Some(last) = last {
            let between = text.slice(last.end, group.start);
            let plain = between.len() <= GAP_BYTES_MAX && !between.contains(char::from(BARRIER));
            if !plain || (run.len() > 1 && between != gap) {
                close(text, &run, gap, hits);
                run.clear();
                // The gap that ends one run may begin another.
                if plain {
                    run.push(last);
                }
            }
            gap = between;
        }
        run.push(group);
    }
    close(text, &run, gap, hits);
}

/// `4.111111111111111e15`: a card that was read as a number.
fn power(text: &Text<'_>, start: usize, point: usize) -> Option<Hit> {
    let alone = point == start + 1 && text.byte(point) == b'.' && !text.word_before(start);
    if !alone || text.before(start) == b'.' {
        return None;
    }
    let digit = |byte: u8| byte.is_ascii_digit();
    let end = text.skip_most(point + 1, GROUP_BYTES_MAX, digit);
    if end < point + FRACTION_MIN || !matches!(text.byte(end), b'e' | b'E') {
        return None;
    }
    let from = end + 1 + usize::from(text.byte(end + 1) == b'+');
    let stop = text.skip_most(from, 2, digit);
    let power: usize = text.slice(from, stop).parse().ok()?;
    let zeros = power.checked_sub(end - point - 1)?;
    let mut digits = text.slice(start, point).to_owned();
    digits.push_str(text.slice(point + 1, end));
    digits.extend(std::iter::repeat_n('0', zeros.min(GROUP_BYTES_MAX)));
    (!text.in_word(stop) && card::is_card(digits.as_bytes())).then(|| Hit {
        value: Some(digits),
        ..Hit::new(Kind::CREDIT_CARD, start, stop)
    })
}

/// Whether a mark stands twice between words with digits, or an account begins in a short word.
fn may_hold(text: &Text<'_>) -> bool {
    let words = &text.lexed.words;
    let gap = |one: &Word, next: &Word| text.bytes(one.end, next.start);
    let even = words.windows(3).any(|three| match three {
        [one, two, last] => {
            let between = gap(one, two);
            between.len() <= GAP_BYTES_MAX && !is_typed(between) && between == gap(two, last)
        }
        _ => false,
    });
    even || words.iter().any(|word| {
        let head = text.bytes(word.start, word.end.min(word.start + 4));
        word.end - word.start <= HEAD_BYTES_MAX
            && matches!(head, [one, two, digit, last]
                if one.is_ascii_uppercase() && two.is_ascii_uppercase() && digit.is_ascii_digit() && last.is_ascii_digit())
    })
}

/// What people type between groups; that is read with the numbers.
fn is_typed(gap: &[u8]) -> bool {
    matches!(gap, b" " | b"-" | b", " | b": ")
}

/// The next run of letters and digits.
fn next(text: &Text<'_>, at: usize) -> Option<Group> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric();
    let start = text.skip(at, |byte| !letter(byte));
    let end = text.skip(start, letter);
    (end > start).then(|| Group {
        start,
        end,
        digits: text.bytes(start, end).iter().all(u8::is_ascii_digit),
    })
}

/// Everything in a run of groups with the same mark between them. What people type is found elsewhere.
fn close(text: &Text<'_>, run: &[Group], gap: &str, hits: &mut Vec<Hit>) {
    if run.len() < 2 || is_typed(gap.as_bytes()) {
        return;
    }
    let mut rest = run;
    while let Some((first, later)) = rest.split_first() {
        let digits = rest.iter().take_while(|group| group.digits).count();
        if digits > 0 {
            let (row, after) = rest.split_at(digits);
            hits.extend(card(text, row, gap));
            rest = after;
            continue;
        }
        let hit = account(text, rest);
        hits.extend(hit.clone());
        let end = hit.map_or(first.end, |hit| hit.end);
        rest = later;
        while rest.first().is_some_and(|group| group.start < end) {
            rest = rest.get(1..).unwrap_or_default();
        }
    }
}

/// A card that takes all of the groups.
fn card(text: &Text<'_>, row: &[Group], gap: &str) -> Option<Hit> {
    let (first, last) = (row.first()?, row.last()?);
    let size = |group: &Group| group.end - group.start;
    let sizes = || row.iter().map(size);
    let printed = SHAPES.iter().any(|shape| sizes().eq(shape.iter().copied()));
    let each = row.get(1).map_or(0, size);
    let inner = row.len() >= 3 && sizes().skip(1).take(row.len() - 2).all(|one| one == each);
    // Ones, twos, fours; or threes as in an amount.
    let even = inner && matches!(each, 1..=4) && size(first) <= each && size(last) <= each;
    // `8,1200,1300,1400,1500`: a row of numbers.
    let listed = each == 4 && size(first) != each && matches!(gap, "," | ";" | "\t" | "|");
    if row.len() > GROUPS_MAX || !(printed || even && !listed) {
        return None;
    }
    let digits: String = row
        .iter()
        .map(|group| text.slice(group.start, group.end))
        .collect();
    card::is_card(digits.as_bytes()).then(|| Hit {
        value: Some(digits),
        ..Hit::new(Kind::CREDIT_CARD, first.start, last.end)
    })
}

/// An account that begins with the first group and ends with a later one.
fn account(text: &Text<'_>, rest: &[Group]) -> Option<Hit> {
    let first = rest.first()?;
    let head = text.bytes(first.start, first.end);
    let country = head.iter().take(2).all(u8::is_ascii_alphabetic);
    if !country
        || head
            .get(2..4)
            .is_some_and(|check| !check.iter().all(u8::is_ascii_digit))
    {
        return None;
    }
    let groups = rest.iter().take(GROUPS_MAX);
    let groups = groups.take_while(|group| group.end - group.start <= GROUP_BYTES_MAX);
    let mut compact = String::new();
    for group in groups {
        compact.push_str(text.slice(group.start, group.end));
        if iban::is_whole(&compact) && group.end > first.end {
            return Some(Hit {
                value: Some(compact.to_ascii_uppercase()),
                ..Hit::new(Kind::IBAN_CODE, first.start, group.end)
            });
        }
        if compact.len() >= GROUPS_MAX {
            return None;
        }
    }
    None
}
