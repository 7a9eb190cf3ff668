//! Numbers of JSON as exact decimals: compared and divided without rounding and without writing them out.
//! Knows nothing of schemas.

use std::cmp::Ordering;

use crate::json::Number;

/// A number: `0.digits` times ten to the `point`, or zero where there are no digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// Without zeros at either end.
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// Reads a number; `None` where its exponent is beyond all use.
    pub(super) fn of(number: &Number) -> Option<Self> {
        let text = number.lexeme();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        if exponent.unsigned_abs() > 1 << 40 {
            return None;
        }
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: Vec<u8> = whole
            .bytes()
            .chain(fraction.bytes())
            .map(|byte| byte.wrapping_sub(b'0'))
            .collect();
        let leading = all.iter().take_while(|digit| **digit == 0).count();
        let mut digits: Vec<u8> = all.into_iter().skip(leading).collect();
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let places = i64::try_from(whole.len()).ok()?;
        let point = exponent
            .checked_add(places)?
            .checked_sub(i64::try_from(leading).ok()?)?;
        let zero = digits.is_empty();
        Some(Self {
            negative: negative && !zero,
            digits,
            point: if zero { 0 } else { point },
        })
    }

    /// Whether it has no fraction.
    pub(super) fn is_integer(&self) -> bool {
        self.digits.is_empty() || self.scale() >= 0
    }

    /// Whether it is more than zero.
    pub(super) fn is_positive(&self) -> bool {
        !self.negative && !self.digits.is_empty()
    }

    /// Ten to how much its digits, as an integer, are to be taken times.
    fn scale(&self) -> i64 {
        let count = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        self.point.saturating_sub(count)
    }

    /// Its order among numbers.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let sign = |one: &Self| match (one.digits.is_empty(), one.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let magnitude = || {
            self.point
                .cmp(&other.point)
                .then_with(|| self.digits.cmp(&other.digits))
        };
        match (sign(self), sign(other)) {
            (-1, -1) => magnitude().reverse(),
            (1, 1) => magnitude(),
            (mine, theirs) => mine.cmp(&theirs),
        }
    }

    /// Whether it is a multiple of the other; `None` where the other has too many digits.
    pub(super) fn is_multiple_of(&self, other: &Self) -> Option<bool> {
        let divisor = other.value()?;
        if self.digits.is_empty() {
            return Some(true);
        }
        // Neither ends in zeros: with less of a scale than the divisor it cannot be a multiple.
        let Ok(tens) = u64::try_from(self.scale().saturating_sub(other.scale())) else {
            return Some(false);
        };
        let mut rest = 0_u128;
        for digit in &self.digits {
            rest = (rest * 10 + u128::from(*digit)) % divisor;
        }
        Some((rest * power_of_ten(tens, divisor)).is_multiple_of(divisor))
    }

    /// Whether multiples of it can be told.
    pub(super) fn can_divide(&self) -> bool {
        self.value().is_some()
    }

    /// Its digits as an integer, of which products with another such still fit.
    fn value(&self) -> Option<u128> {
        if self.digits.is_empty() || self.digits.len() > 18 {
            return None;
        }
        let add = |sum: u128, digit: &u8| sum * 10 + u128::from(*digit);
        Some(self.digits.iter().fold(0, add))
    }

    /// One text for equal numbers.
    pub(super) fn write_to(&self, out: &mut String) {
        if self.digits.is_empty() {
            out.push('0');
            return;
        }
        if self.negative {
            out.push('-');
        }
        out.extend(self.digits.iter().map(|digit| char::from(b'0' + digit)));
        out.push_str(&format!("e{}", self.scale()));
    }
}

/// Ten to the power, modulo the divisor.
fn power_of_ten(mut power: u64, divisor: u128) -> u128 {
    let (mut result, mut base) = (1 % divisor, 10 % divisor);
    while power > 0 {
        if power & 1 == 1 {
            result = result * base % divisor;
        }
        base = base * base % divisor;
        power >>= 1;
    }
    result
}
