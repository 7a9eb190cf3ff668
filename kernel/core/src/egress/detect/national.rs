//! Numbers of the national table in a sequence of digits: as one run, in their shape, or in any shape where named.
//! Knows nothing of numbers with letters in them, nor of the arithmetic.

use super::checksum;
use super::national_index as index;
use super::national_table::{Needs, Number};
use super::number::Sequence;
use crate::egress::hit::Hit;
use crate::egress::kind::KindSet;

/// Fewest digits of a number that is found in any groups.
const SELF_PROVEN_DIGITS_MIN: usize = 18;

/// Finds the numbers of the table.
pub(super) fn find(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    let named = sequence.named();
    for at in 0..sequence.len() {
        let size = sequence.size(at);
        let fraction = sequence.is_fraction(at);
        for number in index::beginning((size, sequence.size(at + 1)), named) {
            if number.digits == size && !fraction {
                single(sequence, at, number, named, hits);
            } else if size < number.digits && number.shape.first() == Some(&size) {
                shaped(sequence, at, number, named, hits);
            }
        }
    }
    whole(sequence, named, hits);
}

fn single(
    sequence: &Sequence<'_, '_>,
    at: usize,
    number: &Number,
    named: KindSet,
    hits: &mut Vec<Hit>,
) {
    let glued = sequence
        .group(at)
        .is_some_and(|group| group.glued_before || group.glued_after);
    if ((number.needs == Needs::Nothing && !glued) || named.has(number.kind))
        && (number.check)(sequence.digits(at, 1).bytes())
    {
        hits.push(sequence.hit(number.kind, at, 1));
    }
}

fn shaped(
    sequence: &Sequence<'_, '_>,
    at: usize,
    number: &Number,
    named: KindSet,
    hits: &mut Vec<Hit>,
) {
    let count = number.shape.len();
    if !sequence.has_shape(at, number.shape)
        || (number.needs == Needs::Name && !named.has(number.kind))
        || !(number.check)(sequence.digits(at, count).bytes())
    {
        return;
    }
    let fraction = sequence.is_fraction(at);
    let printed = number.needs != Needs::Name
        && !fraction
        && sequence.separated(at, number.by)
        && !sequence.goes_on(at, count);
    // A shape of many sizes is its own even where the separators are odd.
    let odd = count > 3
        && sequence.even(at, count)
        && number.needs != Needs::Name
        && !is_address(sequence, at, count);
    if printed || odd || named.has(number.kind) {
        hits.push(sequence.hit(number.kind, at, count));
    }
}

/// Whether the groups are an address of the internet or a version: four between dots, none beyond 255.
fn is_address(sequence: &Sequence<'_, '_>, at: usize, count: usize) -> bool {
    let byte = |nth: usize| {
        let digits = sequence.digits(nth, 1);
        digits.bytes().len() <= 3 && checksum::number(digits.bytes(), 0, 3) <= 255
    };
    count == 4 && sequence.gap(at) == "." && (at..at + count).all(byte)
}

/// All digits of the sequence as one number, whatever the groups, where it is named. The longest, whose check and date
/// prove it by themselves, need no name where the same mark stands between all groups.
fn whole(sequence: &Sequence<'_, '_>, named: KindSet, hits: &mut Vec<Hit>) {
    let count = sequence.len();
    if count < 2 {
        return;
    }
    let proves_itself = |number: &Number| {
        number.needs == Needs::Nothing
            && number.digits >= SELF_PROVEN_DIGITS_MIN
            && count > 2
            && sequence.even(0, count)
    };
    let digits = sequence.digits(0, count);
    let size = digits.bytes().len();
    if !index::is_named(named) && size < SELF_PROVEN_DIGITS_MIN {
        return;
    }
    for number in index::as_long(size) {
        if (named.has(number.kind) || proves_itself(number)) && (number.check)(digits.bytes()) {
            hits.push(sequence.hit(number.kind, 0, count));
        }
    }
}
