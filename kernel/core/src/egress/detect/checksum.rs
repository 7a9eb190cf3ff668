//! Check-digit arithmetic that several types share.
//! Knows nothing of which types.

/// The value of an ASCII digit; 0 for anything else.
pub(super) fn value(byte: u8) -> u32 {
    char::from(byte).to_digit(10).unwrap_or(0)
}

/// ISO/IEC 7812-1 Annex B (Luhn) over ASCII digits.
pub(super) fn luhn(digits: &[u8]) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

/// The Luhn sum, the last digit counted once.
pub(super) fn luhn_sum(digits: &[u8]) -> u32 {
    digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, byte)| match (at % 2, value(*byte)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum()
}

/// The sum of digits times weights, position by position.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(byte, weight)| value(*byte) * weight)
        .sum()
}

/// The nth digit's value.
pub(super) fn digit(digits: &[u8], at: usize) -> u32 {
    digits.get(at).map_or(0, |byte| value(*byte))
}

/// The decimal number of the digits between two positions.
pub(super) fn number(digits: &[u8], from: usize, to: usize) -> u64 {
    digits
        .get(from..to)
        .unwrap_or_default()
        .iter()
        .fold(0u64, |sum, byte| {
            sum.wrapping_mul(10).wrapping_add(u64::from(value(*byte)))
        })
}

/// ISO 7064 mod 97 of digits and letters (A = 10 … Z = 35).
pub(super) fn mod97(compact: impl Iterator<Item = u8>) -> u32 {
    compact.fold(0u32, |rest, byte| {
        let digit = char::from(byte).to_digit(36).unwrap_or(0);
        if digit < 10 {
            (rest * 10 + digit) % 97
        } else {
            (rest * 100 + digit) % 97
        }
    })
}

/// ISO 7064 mod 11,10 (German tax id, Croatian OIB).
pub(super) fn mod11_10(digits: &[u8]) -> bool {
    let product =
        digits
            .iter()
            .take(digits.len().saturating_sub(1))
            .fold(10u32, |product, byte| {
                let sum = (value(*byte) + product) % 10;
                (if sum == 0 { 10 } else { sum }) * 2 % 11
            });
    let last = digits.last().map_or(0, |byte| value(*byte));
    (11 - product) % 10 == last
}

/// Verhoeff's dihedral check (Aadhaar).
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    let times = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    const TURN: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let turned = |digit: u32, times: usize| {
        (0..times % 8).fold(digit, |d, _| {
            usize::try_from(d)
                .ok()
                .and_then(|d| TURN.get(d))
                .copied()
                .unwrap_or(d)
        })
    };
    digits
        .iter()
        .rev()
        .enumerate()
        .fold(0u32, |sum, (at, byte)| times(sum, turned(value(*byte), at)))
        == 0
}

/// Whether all digits are the same: a placeholder, whatever its check digit says.
pub(super) fn uniform(digits: &[u8]) -> bool {
    digits.windows(2).all(|pair| pair.first() == pair.last())
}

/// Whether `month` and `day` can stand together in some year.
pub(super) fn day_of_month(month: u64, day: u64) -> bool {
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}
