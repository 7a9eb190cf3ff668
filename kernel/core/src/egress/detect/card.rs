//! Payment cards: issuer and length (ISO/IEC 7812), then Luhn.
//! Knows nothing of banks.

use super::checksum::{luhn, number, uniform};
use super::number::{DIGITS_MAX, Sequence};
use crate::egress::context::hint;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;

/// How cards are printed and typed.
const SHAPES: [&[usize]; 13] = [
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 3],
    &[4, 4, 4, 1],
    &[4, 4, 5],
    &[4, 4, 4],
    &[6, 13],
    &[6, 10],
    &[8, 8],
    &[4, 12],
];
/// Fewest and most digits of a card.
const LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;
/// Fewest digits of a card that is cut off.
const CUT_MIN: usize = 10;
/// Fewest digits of anything that is found here.
pub(super) const DIGITS_MIN: usize = CUT_MIN;
/// Most groups of a card typed with odd separators.
const GROUPS_MAX: usize = 19;

/// Finds cards in every window of a sequence.
pub(super) fn find(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    let mut at = 0;
    while at < sequence.len() {
        let found = at_group(sequence, at);
        if let Some((count, start, end)) = found {
            hits.push(Hit::new(Kind::CREDIT_CARD, start, end));
            at += count;
        } else {
            at += 1;
        }
    }
    whole(sequence, hits);
    cut_off(sequence, hits);
    turned(sequence, hits);
}

/// A number that is named a card's and is one from its end.
fn turned(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    let count = sequence.len();
    let digits = sequence.digits(0, count);
    let mut held = [0u8; DIGITS_MAX];
    for (slot, digit) in held.iter_mut().zip(digits.bytes().iter().rev()) {
        *slot = *digit;
    }
    let held = held.get(..digits.bytes().len()).unwrap_or_default();
    let total: usize = (0..count).map(|at| sequence.size(at)).sum();
    if total == held.len()
        && LENGTHS.contains(&held.len())
        && sequence.even(0, count)
        && is_card(held)
        && !is_card(digits.bytes())
        && named(sequence)
    {
        let value = held.iter().map(|digit| char::from(*digit)).collect();
        hits.push(Hit {
            value: Some(value),
            ..sequence.hit(Kind::CREDIT_CARD, 0, count)
        });
    }
}

/// A card that begins at this group: how many groups, and its span.
fn at_group(sequence: &mut Sequence<'_, '_>, at: usize) -> Option<(usize, usize, usize)> {
    let size = sequence.size(at);
    let group = sequence.group(at)?;
    if LENGTHS.contains(&size) {
        let fraction = sequence.is_fraction(at);
        let digits = sequence.digits(at, 1);
        let product = is_product(sequence, digits.bytes());
        // `JD0146…` of a parcel: letters stand right before it, and something says what it is.
        let glued = group.glued_before || group.glued_after;
        let marked = glued
            && (sequence.context().has(hint::MISLEADING)
                || sequence.text.context.has(hint::MISLEADING));
        let other = product || (marked && !named(sequence));
        if is_card(digits.bytes()) && !other && (!fraction || named(sequence)) {
            return Some((1, group.start, group.end));
        }
    }
    if is_named_travel(sequence, at, 1) {
        return Some((1, group.start, group.end));
    }
    if size == 12 && named(sequence) && is_maestro_12(sequence.digits(at, 1).bytes()) {
        return Some((1, group.start, group.end));
    }
    if (26..=38).contains(&size) && two_cards(sequence.digits(at, 1).bytes()) {
        return Some((1, group.start, group.end));
    }
    if !(4..=8).contains(&size) {
        return None;
    }
    for shape in SHAPES {
        let count = shape.len();
        if sequence.has_shape(at, shape)
            && (is_card(sequence.digits(at, count).bytes())
                || is_named_maestro(sequence, at, count)
                || is_named_travel(sequence, at, count))
            && !is_list(sequence, at, count)
        {
            let (start, end) = sequence.span(at, count);
            return Some((count, start, end));
        }
    }
    None
}

/// Whether the groups are items of a longer list, and not one number.
fn is_list(sequence: &mut Sequence<'_, '_>, at: usize, count: usize) -> bool {
    let hard = |gap: &str| gap.contains([',', ';', '|', '\t', '\n']);
    let listed = hard(sequence.gap(at)) && sequence.goes_on(at, count);
    listed && !named(sequence)
}

/// A whole sequence of any grouping, if its separators are all the same.
fn whole(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    let count = sequence.len();
    if !(2..=GROUPS_MAX).contains(&count) {
        return;
    }
    let digits = sequence.digits(0, count);
    if !LENGTHS.contains(&digits.bytes().len()) || !is_card(digits.bytes()) {
        return;
    }
    let total: usize = (0..count).map(|at| sequence.size(at)).sum();
    let soft = !sequence.gap(0).contains([',', ';', '|', '\t', '\n', ':'])
        && !(0..count).any(|at| sequence.is_fraction(at));
    let typed =
        soft && sequence.even(0, count) && count > 2 && !sequence.context().has(hint::MISLEADING);
    let spelled = sequence.even(0, count) && (0..count).all(|at| sequence.size(at) == 1);
    if total == digits.bytes().len() && (typed || spelled || named(sequence)) {
        hits.push(sequence.hit(Kind::CREDIT_CARD, 0, count));
    }
}

/// What is left of a named card where the text ends before it does.
fn cut_off(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    let count = sequence.len();
    let digits = sequence.digits(0, count);
    let (start, end) = sequence.span(0, count);
    let printed = (0..count.saturating_sub(1)).all(|at| sequence.size(at) == 4);
    if end == sequence.text.text.trim_end().len()
        && start < end
        && printed
        && (CUT_MIN..*LENGTHS.end()).contains(&digits.bytes().len())
        && named(sequence)
        && begins_card(digits.bytes())
    {
        hits.push(sequence.hit(Kind::CREDIT_CARD, 0, count));
    }
}

/// Whether some card begins like this.
fn begins_card(digits: &[u8]) -> bool {
    let mut padded = [b'0'; DIGITS_MAX];
    for (slot, digit) in padded.iter_mut().zip(digits) {
        *slot = *digit;
    }
    LENGTHS.into_iter().any(|length| {
        let padded = padded.get(..length.max(digits.len()));
        padded.is_some_and(issuer_allows)
    })
}

fn named(sequence: &mut Sequence<'_, '_>) -> bool {
    sequence.is_named(Kind::CREDIT_CARD)
}

/// Two cards without anything between them.
fn two_cards(digits: &[u8]) -> bool {
    (13..=19).any(|cut| match digits.split_at_checked(cut) {
        Some((one, other)) => LENGTHS.contains(&other.len()) && is_card(one) && is_card(other),
        None => false,
    })
}

/// A product's number (GTIN of 12 to 14 digits) where something says so and its own check digit holds.
fn is_product(sequence: &mut Sequence<'_, '_>, digits: &[u8]) -> bool {
    (12..=14).contains(&digits.len())
        && gs1(digits)
        && sequence.context().has(hint::MISLEADING)
        && !named(sequence)
}

/// A card of the airlines' own network (UATP), where a card is named: its first digit alone says little.
fn is_named_travel(sequence: &mut Sequence<'_, '_>, at: usize, count: usize) -> bool {
    let digits = sequence.digits(at, count);
    let digits = digits.bytes();
    digits.len() == 15 && digits.starts_with(b"1") && luhn(digits) && named(sequence)
}

/// Twelve digits in three groups.
fn is_named_maestro(sequence: &mut Sequence<'_, '_>, at: usize, count: usize) -> bool {
    let digits = sequence.digits(at, count);
    digits.bytes().len() == 12 && named(sequence) && is_maestro_12(digits.bytes())
}

/// The check digit of GS1: weights 3 and 1 from the right.
fn gs1(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(at, digit)| {
        let weight = if at % 2 == 1 { 3 } else { 1 };
        u32::from(digit - b'0') * weight
    });
    weighed.sum::<u32>() % 10 == 0
}

fn is_maestro_12(digits: &[u8]) -> bool {
    matches!(number(digits, 0, 2), 50 | 56..=58 | 63 | 67) && luhn(digits)
}

/// Whether issuer, length and check digit fit.
pub(in crate::egress) fn is_card(digits: &[u8]) -> bool {
    issuer_allows(digits) && luhn(digits) && !uniform(digits)
}

/// Issuer ranges and lengths (ISO register as published by the networks).
fn issuer_allows(digits: &[u8]) -> bool {
    let length = digits.len();
    let (two, three) = (number(digits, 0, 2), number(digits, 0, 3));
    let (four, six) = (number(digits, 0, 4), number(digits, 0, 6));
    let long = (16..=19).contains(&length);
    match two {
        40..=49 => matches!(length, 13 | 16 | 19),
        51..=55 => length == 16,
        34 | 37 => length == 15,
        36 | 38 | 39 => (14..=19).contains(&length),
        30 => (300..=305).contains(&three) && (14..=19).contains(&length) || (long && four == 3095),
        35 => (3528..=3589).contains(&four) && long,
        // JCB of before 1990; still in circulation in test data.
        18 => four == 1800 && length == 15,
        21 => four == 2131 && length == 15,
        22 => {
            (2200..=2204).contains(&four) && long || (2221..=2720).contains(&four) && length == 16
        }
        23..=26 => length == 16,
        27 => four <= 2720 && length == 16,
        60 | 64 | 65 | 62 | 81 | 82 => long,
        50 | 56..=58 => (13..=19).contains(&length),
        63 | 67 => (13..=19).contains(&length) && six != 0,
        97 => four == 9792 && length == 16,
        _ => false,
    }
}
