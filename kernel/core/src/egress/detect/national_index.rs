//! Which numbers of the table can be meant at all, by the size of a group and by what is named: sets of bits that
//! are built with the program.
//! Knows nothing of any check.

use super::national_table::{NUMBERS, Needs, Number};
use crate::egress::kind::KindSet;

/// Longest number of the table, in digits.
const DIGITS_MAX: usize = 19;

/// For each size of a group the numbers whose printed form has such a group first, and those that have it second or have no
/// second; for each count of digits the numbers that have as many: one bit a number.
const BY_FIRST: [u64; DIGITS_MAX + 1] = by_size(By::First);
const BY_SECOND: [u64; DIGITS_MAX + 1] = by_size(By::Second);
const BY_DIGITS: [u64; DIGITS_MAX + 1] = by_size(By::Digits);

#[derive(Clone, Copy)]
enum By {
    First,
    Second,
    Digits,
}

const fn by_size(by: By) -> [u64; DIGITS_MAX + 1] {
    let mut table = [0; DIGITS_MAX + 1];
    let mut slots: &mut [u64] = &mut table;
    let mut size = 0;
    while let [slot, more @ ..] = slots {
        let mut rest: &[Number] = &NUMBERS;
        let mut bit = 1;
        while let [number, tail @ ..] = rest {
            let fits = match (by, number.shape) {
                (By::First, [first, ..]) => *first == size,
                (By::Second, [_, second, ..]) => *second == size,
                (By::Digits, _) => number.digits == size,
                (By::Second, _) => true,
                (By::First, []) => false,
            };
            if fits {
                *slot |= bit;
            }
            bit <<= 1;
            rest = tail;
        }
        size += 1;
        slots = more;
    }
    table
}

/// The numbers that count only where they are named, and their types.
const NAMED_ALONE: u64 = named_alone();
const KINDS: KindSet = kinds();

const fn named_alone() -> u64 {
    let mut set = 0;
    let mut rest: &[Number] = &NUMBERS;
    let mut bit = 1;
    while let [number, tail @ ..] = rest {
        if matches!(number.needs, Needs::Name) {
            set |= bit;
        }
        bit <<= 1;
        rest = tail;
    }
    set
}

const fn kinds() -> KindSet {
    let mut set = KindSet::EMPTY;
    let mut rest: &[Number] = &NUMBERS;
    while let [number, tail @ ..] = rest {
        set = set.union(KindSet::of(&[number.kind]));
        rest = tail;
    }
    set
}

/// The numbers that a group of this size can be, or begin where the next group is of that size, as far as these names let
/// them count.
pub(super) fn beginning(
    (size, next): (usize, usize),
    named: KindSet,
) -> impl Iterator<Item = &'static Number> {
    let of = |table: &[u64; DIGITS_MAX + 1], size: usize| table.get(size).copied();
    let first = of(&BY_FIRST, size).unwrap_or(0);
    // No group is as long as what is beyond the table.
    let second = of(&BY_SECOND, next).unwrap_or(of(&BY_SECOND, 0).unwrap_or(0));
    let set = of(&BY_DIGITS, size).unwrap_or(0) | first & second;
    members(match is_named(named) {
        true => set,
        false => set & !NAMED_ALONE,
    })
}

/// The numbers of so many digits.
pub(super) fn as_long(digits: usize) -> impl Iterator<Item = &'static Number> {
    members(BY_DIGITS.get(digits).copied().unwrap_or(0))
}

/// Whether some number of the table is named.
pub(super) fn is_named(named: KindSet) -> bool {
    named.meets(KINDS)
}

/// The numbers of a set, in the order of the table.
fn members(mut set: u64) -> impl Iterator<Item = &'static Number> {
    std::iter::from_fn(move || {
        let at = usize::try_from(set.trailing_zeros()).ok()?;
        // Takes the lowest bit out.
        set &= set.checked_sub(1)?;
        NUMBERS.get(at)
    })
}
