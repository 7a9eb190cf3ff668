//! Columns of national numbers: what most of the cells say together.
//! Knows nothing of where the cells stand, nor of the arithmetic.

use super::national_table::{NUMBERS, Number};
use super::number::Digits;
use crate::egress::kind::{Kind, KindSet};

/// Fewest cells of a column that its cells can say anything about, and from which on a few may fail.
const COLUMN_MIN: usize = 5;
const COLUMN_SURE: usize = 10;
/// Most separators in a cell.
const COLUMN_MARKS: usize = 4;
/// Types without a check digit.
const UNPROVEN: KindSet = KindSet::of(&[Kind::BR_RG, Kind::DK_CPR, Kind::KR_RRN, Kind::MY_NRIC]);

/// What at least four in five cells of a column are, all of them where they are fewer than ten: one
/// number in ten passes a check by chance, five in a row do not. `others` are cells that are no numbers.
pub(in crate::egress) fn of_column<'c>(
    cells: impl Iterator<Item = &'c str> + Clone,
    others: usize,
) -> Option<Kind> {
    let count = cells.clone().count() + others;
    if count < COLUMN_MIN {
        return None;
    }
    let enough = if count < COLUMN_SURE {
        count
    } else {
        (count * 4).div_ceil(5)
    };
    // The first cell may be one of those that fail.
    let first = cells.clone().take(COLUMN_MIN);
    let lengths = first.fold(0u64, |lengths, cell| {
        lengths | 1 << Digits::of(cell.bytes()).bytes().len()
    });
    NUMBERS
        .iter()
        .filter(|number| lengths >> number.digits & 1 == 1 && !UNPROVEN.has(number.kind))
        .find(|number| {
            let fails = |cell: &&str| !is_cell(number, cell);
            // Ends at the first cell that fails beyond what may fail.
            count
                .checked_sub(enough + others)
                .is_some_and(|most| cells.clone().filter(fails).nth(most).is_none())
        })
        .map(|number| number.kind)
}

/// Whether one cell passes the check of this type.
pub(in crate::egress) fn passes(kind: Kind, cell: &str) -> bool {
    let of_kind = |number: &&Number| number.kind == kind;
    NUMBERS
        .iter()
        .filter(of_kind)
        .any(|number| is_cell(number, cell))
}

fn is_cell(number: &Number, cell: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'/');
    let digits = Digits::of(cell.bytes());
    cell.len() <= number.digits + COLUMN_MARKS
        && cell.bytes().all(plain)
        && digits.bytes().len() == number.digits
        && (number.check)(digits.bytes())
}
