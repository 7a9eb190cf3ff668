//! Numbers of the national table in a sequence of digits: as one run, in their shape, or in any shape where named.
//! Knows nothing of numbers with letters in them, nor of the arithmetic.

use super::national_index as index;
use super::national_table::{Needs, Number};
use super::number::Sequence;
use crate::egress::hit::Hit;
use crate::egress::kind::KindSet;

/// Finds the numbers of the table.
pub(super) fn find(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    let named = sequence.named();
    for at in 0..sequence.len() {
        let size = sequence.size(at);
        let fraction = sequence.is_fraction(at);
        for number in index::beginning(size, named) {
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
    let printed = number.needs != Needs::Name
        && sequence.separated(at, number.by)
        && !sequence.goes_on(at, count);
    // A shape of many sizes is its own even where the separators are odd.
    let odd = count > 3 && sequence.even(at, count) && number.needs != Needs::Name;
    if printed || odd || named.has(number.kind) {
        hits.push(sequence.hit(number.kind, at, count));
    }
}

/// All digits of the sequence as one number, whatever the groups, where it is named.
fn whole(sequence: &Sequence<'_, '_>, named: KindSet, hits: &mut Vec<Hit>) {
    let count = sequence.len();
    if count < 2 || !index::is_named(named) {
        return;
    }
    let digits = sequence.digits(0, count);
    let size = digits.bytes().len();
    for number in index::as_long(size) {
        if (number.check)(digits.bytes()) && named.has(number.kind) {
            hits.push(sequence.hit(number.kind, 0, count));
        }
    }
}
