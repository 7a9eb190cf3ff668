//! The checks of the numbers that mix letters and digits, each over upper-case ASCII.
//! Knows nothing of separators or names.

use super::checksum::{day_of_month, digit, number, weighted};
use super::national_checks::cn_check;

/// The value of a digit or letter in base 36.
fn value36(byte: u8) -> u32 {
    char::from(byte).to_digit(36).unwrap_or(0)
}

fn letter(code: &[u8], at: usize) -> u8 {
    code.get(at).copied().unwrap_or(0)
}

fn nif_letter(number: u64) -> u8 {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    usize::try_from(number % 23)
        .ok()
        .and_then(|at| LETTERS.get(at))
        .copied()
        .unwrap_or(0)
}

/// Spanish NIF: mod 23.
pub(super) fn es_nif(code: &[u8]) -> bool {
    nif_letter(number(code, 0, 8)) == letter(code, 8) && number(code, 0, 8) > 0
}

/// Spanish NIE: X, Y, Z stand for 0, 1, 2.
pub(super) fn es_nie(code: &[u8]) -> bool {
    let lead = match letter(code, 0) {
        b'X' => 0,
        b'Y' => 10_000_000,
        b'Z' => 20_000_000,
        _ => return false,
    };
    nif_letter(lead + number(code, 1, 8)) == letter(code, 8)
}

/// Singapore NRIC and FIN: weighted sum with an offset a series.
pub(super) fn sg_nric(code: &[u8]) -> bool {
    let (offset, letters): (u32, &[u8; 11]) = match letter(code, 0) {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"KLJNPQRTUWX"),
        _ => return false,
    };
    let sum = offset + weighted(code.get(1..).unwrap_or_default(), &[2, 7, 6, 5, 4, 3, 2]);
    let at = usize::try_from(sum % 11).unwrap_or(0);
    let at = if letter(code, 0) == b'M' { 10 - at } else { at };
    letters.get(at) == Some(&letter(code, 8))
}

/// Codice fiscale: month letter, odd and even values; letters may stand for digits (omocodia).
pub(super) fn it_fiscal_code(code: &[u8]) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let plain = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte.wrapping_sub(b'A')),
    };
    let sum: u32 = code
        .iter()
        .take(15)
        .enumerate()
        .map(|(at, byte)| {
            if at % 2 == 1 {
                plain(*byte)
            } else {
                usize::try_from(plain(*byte))
                    .ok()
                    .and_then(|v| ODD.get(v))
                    .copied()
                    .unwrap_or(0)
            }
        })
        .sum();
    b"ABCDEHLMPRST".contains(&letter(code, 8)) && sum % 26 == plain(letter(code, 15))
}

/// CURP: date, sex, state, and a check digit over 37 letters.
pub(super) fn mx_curp(code: &[u8]) -> bool {
    let worth = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte.wrapping_sub(b'O')) + 25,
    };
    let sum: u32 = code
        .iter()
        .take(17)
        .zip((2..=18u32).rev())
        .map(|(byte, weight)| worth(*byte) * weight)
        .sum();
    matches!(letter(code, 10), b'H' | b'M' | b'X')
        && day_of_month(number(code, 6, 8), number(code, 8, 10))
        && (10 - sum % 10) % 10 == digit(code, 17)
}

/// Indian PAN: the fourth letter says who holds it.
pub(super) fn in_pan(code: &[u8]) -> bool {
    b"PCHFATBLJG".contains(&letter(code, 3)) && number(code, 5, 9) > 0
}

/// GSTIN: state, PAN inside, `Z`, mod 36.
pub(super) fn in_gstin(code: &[u8]) -> bool {
    let sum: u32 = code
        .iter()
        .take(14)
        .enumerate()
        .map(|(at, byte)| {
            let product = value36(*byte) * if at % 2 == 0 { 1 } else { 2 };
            product / 36 + product % 36
        })
        .sum();
    matches!(number(code, 0, 2), 1..=38 | 97 | 99)
        && letter(code, 13) == b'Z'
        && (36 - sum % 36) % 36 == value36(letter(code, 14))
}

/// National Insurance number: prefixes that are given out, suffix A to D.
pub(super) fn uk_nino(code: &[u8]) -> bool {
    let (one, two) = (letter(code, 0), letter(code, 1));
    !b"DFIQUV".contains(&one)
        && !b"DFIOQUV".contains(&two)
        && !matches!(
            [one, two],
            [b'B', b'G']
                | [b'G', b'B']
                | [b'N', b'K']
                | [b'K', b'N']
                | [b'T', b'N']
                | [b'N', b'T']
                | [b'Z', b'Z']
        )
        && matches!(letter(code, 8), b'A'..=b'D')
}

/// Resident identity card that ends in X.
pub(super) fn cn_resident_id(code: &[u8]) -> bool {
    letter(code, 17) == b'X' && cn_check(code, 10)
}

/// NIR of Corsica: 2A counts as 19, 2B as 18.
pub(super) fn fr_nir_corsica(code: &[u8]) -> bool {
    let department = match (letter(code, 5), letter(code, 6)) {
        (b'2', b'A') => 19,
        (b'2', b'B') => 18,
        _ => return false,
    };
    let base = number(code, 0, 5) * 100_000_000 + department * 1_000_000 + number(code, 7, 13);
    97 - base % 97 == number(code, 13, 15) && matches!(digit(code, 0), 1..=4)
}

/// Medicare Beneficiary Identifier: no S, L, O, I, B, Z (CMS).
pub(super) fn us_mbi(code: &[u8]) -> bool {
    digit(code, 0) > 0 && !code.iter().any(|byte| b"SLOIBZ".contains(byte))
}

/// DEA registration: sum of odd places and twice the even ones.
pub(super) fn dea(code: &[u8]) -> bool {
    let digits = code.get(2..).unwrap_or_default();
    let sum = weighted(digits, &[1, 2, 1, 2, 1, 2]);
    b"ABCDEFGHJKLMPRSTUX".contains(&letter(code, 0)) && sum % 10 == digit(digits, 6)
}

/// Irish PPS number: mod 23, the second letter counts nine times.
pub(super) fn ie_pps(code: &[u8]) -> bool {
    let second = code.get(8).map_or(0, |byte| match byte {
        b'W' => 0,
        letter => u32::from(letter.wrapping_sub(b'A')) + 1,
    });
    let rest = (weighted(code, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
    let expected = if rest == 0 {
        b'W'
    } else {
        b'A' + u8::try_from(rest - 1).unwrap_or(0)
    };
    letter(code, 7) == expected && code.get(8).is_none_or(|byte| b"ABHTW".contains(byte))
}

/// Chilean RUT that ends in K.
pub(super) fn cl_rut(code: &[u8]) -> bool {
    letter(code, 8) == b'K' && weighted(code, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11 == 1
}

fn hetu(code: &[u8], individual: u64, check: u8) -> bool {
    const CHECKS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let rest = usize::try_from((number(code, 0, 6) * 1000 + individual) % 31).unwrap_or(0);
    day_of_month(number(code, 2, 4), number(code, 0, 2)) && CHECKS.get(rest) == Some(&check)
}

/// Finnish personal identity code with a letter for the century.
pub(super) fn fi_hetu(code: &[u8]) -> bool {
    b"ABCDEFYXWVU".contains(&letter(code, 6)) && hetu(code, number(code, 7, 10), letter(code, 10))
}

/// The same with a sign for the century, which the pattern skips as a separator.
pub(super) fn fi_hetu_dash(code: &[u8]) -> bool {
    hetu(code, number(code, 6, 9), letter(code, 9))
}

/// UK driving licence: month (plus 50 for women) and day inside.
pub(super) fn uk_driver(code: &[u8]) -> bool {
    let month = number(code, 6, 8);
    let month = if month > 50 { month - 50 } else { month };
    day_of_month(month, number(code, 8, 10))
}

/// A Spanish NIF or NIE with the country before it, as in a VAT number.
pub(super) fn es_nif_abroad(code: &[u8]) -> bool {
    code.strip_prefix(b"ES").is_some_and(es_nif)
}

pub(super) fn es_nie_abroad(code: &[u8]) -> bool {
    code.strip_prefix(b"ES").is_some_and(es_nie)
}

/// Spanish NIF of firms (cross sums, as a digit or a letter) and of persons without a number (K, L, M: mod 23).
pub(super) fn es_other_nif(code: &[u8]) -> bool {
    const LETTERS: &[u8; 10] = b"JABCDEFGHI";
    let check = letter(code, 8);
    if matches!(letter(code, 0), b'K' | b'L' | b'M') {
        return nif_letter(number(code, 1, 8)) == check;
    }
    let rest = (10 - crossed(code, 1..8, 1) % 10) % 10;
    let lettered = usize::try_from(rest).ok().and_then(|at| LETTERS.get(at));
    b"ABCDEFGHJNPQRSUVW".contains(&letter(code, 0))
        && (lettered == Some(&check) || (check.is_ascii_digit() && digit(code, 8) == rest))
}

/// National Insurance number without its suffix.
pub(super) fn uk_nino_short(code: &[u8]) -> bool {
    let mut whole = [b'A'; 9];
    for (slot, byte) in whole.iter_mut().zip(code) {
        *slot = *byte;
    }
    uk_nino(&whole)
}

/// Chilean RUT below ten million that ends in K.
pub(super) fn cl_rut_short(code: &[u8]) -> bool {
    letter(code, 7) == b'K' && weighted(code, &[2, 7, 6, 5, 4, 3, 2]) % 11 == 1
}

/// Mexican RFC of persons and firms: a date, and the last letter checks the rest (mod 11). A blank stands before the
/// three letters of a firm.
pub(super) fn mx_rfc(code: &[u8]) -> bool {
    let lead = 13_usize.saturating_sub(code.len());
    let worth = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte.wrapping_sub(b'A')) + 11,
    };
    let blank = if lead == 1 { 37 * 13 } else { 0 };
    let weighed = code.iter().zip((2..=13u32).rev().skip(lead));
    let sum: u32 = weighed.map(|(byte, weight)| worth(*byte) * weight).sum();
    let expected = match (11 - (sum + blank) % 11) % 11 {
        10 => b'A',
        rest => b'0' + u8::try_from(rest).unwrap_or(0),
    };
    let date = 4_usize.saturating_sub(lead);
    letter(code, code.len().saturating_sub(1)) == expected
        && day_of_month(
            number(code, date + 2, date + 4),
            number(code, date + 4, date + 6),
        )
}

/// Venezuelan RIF: kind of holder, weighted sum mod 11.
pub(super) fn ve_rif(code: &[u8]) -> bool {
    let holder = match letter(code, 0) {
        b'V' => 4,
        b'E' => 8,
        b'J' | b'C' => 12,
        b'P' => 16,
        b'G' => 20,
        _ => return false,
    };
    let digits = code.get(1..).unwrap_or_default();
    let rest = (holder + weighted(digits, &[3, 2, 7, 6, 5, 4, 3, 2])) % 11;
    digit(digits, 8) == if rest < 2 { 0 } else { 11 - rest }
}

/// Austrian VAT number: `ATU`, cross sums plus four.
pub(super) fn at_uid(code: &[u8]) -> bool {
    code.strip_prefix(b"ATU")
        .is_some_and(|digits| (10 - (crossed(digits, 0..7, 1) + 4) % 10) % 10 == digit(digits, 7))
}

/// Swiss company number: `CHE`, weighted sum mod 11.
pub(super) fn ch_uid(code: &[u8]) -> bool {
    code.strip_prefix(b"CHE").is_some_and(|digits| {
        let sum = weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4]);
        (11 - sum % 11) % 11 == digit(digits, 8)
    })
}

/// Place of a letter in the alphabet, from one.
fn place(byte: u8) -> u32 {
    u32::from(byte.saturating_sub(b'A')) + 1
}

fn cross_sum(product: u32) -> u32 {
    product / 10 + product % 10
}

/// Cross sums of digits, of which every second counts twice: the even or the odd places.
fn crossed(code: &[u8], places: std::ops::Range<usize>, twice: usize) -> u32 {
    let worth = |at: usize| cross_sum(digit(code, at) * if at % 2 == twice { 2 } else { 1 });
    places.map(worth).sum()
}

/// German pension insurance number: area, date, first letter of the name, serial, cross sums mod 10.
pub(super) fn de_rvnr(code: &[u8]) -> bool {
    const WEIGHTS: [u32; 8] = [2, 1, 2, 5, 7, 1, 2, 1];
    let area = WEIGHTS.iter().enumerate();
    let head: u32 = area.map(|(at, w)| cross_sum(digit(code, at) * w)).sum();
    let name = place(letter(code, 8));
    let middle = cross_sum(name / 10 * 2) + cross_sum(name % 10);
    let serial = cross_sum(digit(code, 9) * 2) + cross_sum(digit(code, 10));
    let day = number(code, 2, 4);
    day_of_month(number(code, 4, 6), if day > 50 { day - 50 } else { day })
        && (head + middle + serial) % 10 == digit(code, 11)
}

/// German health insurance number: a letter and nine digits, cross sums mod 10.
pub(super) fn de_kvnr(code: &[u8]) -> bool {
    let name = place(letter(code, 0));
    let head = cross_sum(name / 10) + cross_sum(name % 10 * 2);
    (head + crossed(code, 1..9, 0)) % 10 == digit(code, 9)
}

/// Portuguese citizen card: every second letter or digit counts twice, mod 10.
pub(super) fn pt_cc(code: &[u8]) -> bool {
    let twice = |worth: u32| if worth > 9 { worth - 9 } else { worth };
    let worth = |(at, byte): (usize, &u8)| match at % 2 {
        0 => twice(value36(*byte) * 2),
        _ => value36(*byte),
    };
    code.len() == 12 && code.iter().enumerate().map(worth).sum::<u32>() % 10 == 0
}
