//! US social security and individual taxpayer numbers.
//! Knows nothing of other countries.

use super::checksum::{number, uniform};
use super::number::Sequence;
use crate::egress::hit::Hit;
use crate::egress::kind::{Kind, KindSet};

const SHAPE: [usize; 3] = [3, 2, 4];
/// Digits of either number.
pub(super) const DIGITS: usize = 9;
const NAMED: KindSet = KindSet::of(&[Kind::US_SSN, Kind::US_ITIN]);

/// Finds 3-2-4 anywhere, and nine digits of any grouping where they are named.
pub(super) fn find(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    for at in 0..sequence.len() {
        if sequence.has_shape(at, &SHAPE) && shaped(sequence, at) {
            push(sequence, at, SHAPE.len(), hits);
        } else if sequence.size(at) == 9
            && !sequence.is_fraction(at)
            && kind(sequence.digits(at, 1).bytes()).is_some()
            && sequence.named().meets(NAMED)
        {
            push(sequence, at, 1, hits);
        }
    }
    let count = sequence.len();
    if count < 2 || (0..count).map(|at| sequence.size(at)).sum::<usize>() != DIGITS {
        return;
    }
    let digits = sequence.digits(0, count);
    if digits.bytes().len() == DIGITS
        && kind(digits.bytes()).is_some()
        && (sequence.named().meets(NAMED) || spelled(sequence))
    {
        push(sequence, 0, count, hits);
    }
}

/// `1 2 3 - 4 5 - 6 7 8 9`: single digits, the hyphens where they belong.
fn spelled(sequence: &Sequence<'_, '_>) -> bool {
    sequence.len() == 9
        && (0..9).all(|at| sequence.size(at) == 1)
        && (0..8).all(|at| sequence.gap(at).contains('-') == matches!(at, 2 | 4))
}

fn shaped(sequence: &mut Sequence<'_, '_>, at: usize) -> bool {
    if kind(sequence.digits(at, SHAPE.len()).bytes()).is_none() {
        return false;
    }
    // `12 345 67 8901`: a list of numbers, unless somebody says what it is.
    let even = sequence.gap(at) == sequence.gap(at + 1);
    let list = sequence.goes_on(at, SHAPE.len())
        || matches!(
            sequence.gap(at),
            ", " | "," | ";" | "; " | "\t" | "|" | "\n"
        );
    (even && !list) || sequence.named().meets(NAMED)
}

fn push(sequence: &Sequence<'_, '_>, at: usize, count: usize, hits: &mut Vec<Hit>) {
    if let Some(kind) = kind(sequence.digits(at, count).bytes()) {
        hits.push(sequence.hit(kind, at, count));
    }
}

/// Which of the two nine digits can be (SSA's and IRS's published ranges).
pub(in crate::egress) fn kind(digits: &[u8]) -> Option<Kind> {
    let (area, group) = (number(digits, 0, 3), number(digits, 3, 5));
    if digits.len() != 9 || uniform(digits) || number(digits, 5, 9) == 0 {
        return None;
    }
    match (area, group) {
        (0 | 666, _) | (_, 0) => None,
        (900.., 50..=65 | 70..=88 | 90..=92 | 94..=99) => Some(Kind::US_ITIN),
        (900.., _) => None,
        _ => Some(Kind::US_SSN),
    }
}
