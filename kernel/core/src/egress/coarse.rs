//! Values as classes that many values share: networks, months, years, bands, prefixes.
//! Knows nothing of masks' marks. What is that coarse already stays as it is.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::calendar::Written;
use crate::policy::Coarse;

/// Longest value that is read as a number, in digits.
const NUMBER_DIGITS_MAX: usize = 15;
/// What stands for the rest of a code.
const REST: &str = "**";
/// Most digits of a class inside a mark: more could be the value itself.
const MARKED_DIGITS_MAX: usize = 12;
/// Longest class inside a mark, in bytes.
pub(super) const MARKED_BYTES_MAX: usize = 24;

/// The class of `value`, found or labelled as `name`; `None` where it has none.
pub(super) fn generalise(coarse: Coarse, name: &str, value: &str) -> Option<String> {
    let value = value.trim();
    match coarse {
        Coarse::Suited => suited(name, value),
        Coarse::Prefix(kept) => prefix(value, usize::from(kept)),
        Coarse::Network => network(value),
        Coarse::Month => month(value),
        Coarse::Year => year(value),
        Coarse::Band(width) => band(value, i64::from(width)),
    }
}

fn suited(name: &str, value: &str) -> Option<String> {
    if ["POST", "ZIP"].iter().any(|word| name.contains(word)) {
        return prefix(value, 3);
    }
    // Four digits are a year only where the name says that they are a date.
    let date = !is_year(value)
        || ["DATE", "BIRTH", "YEAR"]
            .iter()
            .any(|word| name.contains(word));
    let dated = || date.then(|| month(value)).flatten();
    network(value).or_else(dated).or_else(|| quantity(value))
}

/// The band of a number's first digit, ten wide at the least.
fn quantity(value: &str) -> Option<String> {
    if let Some((low, high)) = ends(value) {
        let width = high.checked_sub(low)?.checked_add(1)?;
        let decimal = std::iter::successors(Some(10_i64), |n| n.checked_mul(10)).take(9);
        let aligned = decimal.into_iter().any(|ten| ten == width) && low.rem_euclid(width) == 0;
        return aligned.then(|| value.to_owned());
    }
    // A telephone or card number is no quantity: its first digits say who issued it.
    if value.bytes().filter(u8::is_ascii_digit).count() > 9 {
        return None;
    }
    let units = value.split('.').next().unwrap_or(value);
    let size = units.bytes().filter(u8::is_ascii_digit).count();
    let width = 10_i64.checked_pow(u32::try_from(size.max(2) - 1).ok()?)?;
    band(value, width)
}

fn prefix(value: &str, kept: usize) -> Option<String> {
    if let Some(stem) = value.strip_suffix(REST)
        && (1..=kept).contains(&stem.len())
        && stem.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return Some(value.to_owned());
    }
    let code: String = value
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let plain = value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || " -".contains(c));
    let head = code.get(..kept)?;
    (plain && code.len() >= kept + 2).then(|| format!("{head}{REST}"))
}

fn network(value: &str) -> Option<String> {
    let (address, length) = match value.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (value, None),
    };
    if let Ok(four) = address.parse::<Ipv4Addr>() {
        let [a, b, c, _] = four.octets();
        return (length.is_none() || length == Some("24")).then(|| format!("{a}.{b}.{c}.0/24"));
    }
    let six = address.parse::<Ipv6Addr>().ok()?;
    let [a, b, c, ..] = six.segments();
    let network = Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0);
    (length.is_none() || length == Some("48")).then(|| format!("{network}/48"))
}

fn month(value: &str) -> Option<String> {
    if is_month(value) || is_year(value) {
        return Some(value.to_owned());
    }
    let (year, month) = Written::read(value)?.year_month();
    Some(format!("{year:04}-{month:02}"))
}

fn year(value: &str) -> Option<String> {
    if is_year(value) {
        return Some(value.to_owned());
    }
    if is_month(value) {
        return value.get(..4).map(str::to_owned);
    }
    let (year, _) = Written::read(value)?.year_month();
    Some(format!("{year:04}"))
}

fn is_year(value: &str) -> bool {
    value.len() == 4 && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_month(value: &str) -> bool {
    value.split_once('-').is_some_and(|(year, month)| {
        let month = (month.len() == 2)
            .then(|| month.parse::<u8>().ok())
            .flatten();
        is_year(year) && month.is_some_and(|month| (1..=12).contains(&month))
    })
}

fn band(value: &str, width: i64) -> Option<String> {
    if let Some((low, high)) = ends(value) {
        let aligned =
            low.rem_euclid(width) == 0 && high == low.checked_add(width)?.checked_sub(1)?;
        return aligned.then(|| value.to_owned());
    }
    let number = whole(value)?;
    let low = number.div_euclid(width).checked_mul(width)?;
    Some(format!("{low}-{}", low.checked_add(width - 1)?))
}

/// `5000-5999`, also of negative numbers.
fn ends(value: &str) -> Option<(i64, i64)> {
    let at = value.get(1..)?.find('-')? + 1;
    let (low, high) = value.split_at_checked(at)?;
    let high = high.strip_prefix('-')?;
    Some((whole(low)?, whole(high)?)).filter(|_| !low.contains('.') && !high.contains('.'))
}

/// The whole number at or below a decimal number, with or without commas between thousands.
fn whole(value: &str) -> Option<i64> {
    let (sign, digits) = match value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, value),
    };
    let (units, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let grouped = units.contains(',');
    let fits = |part: &str, first: bool| {
        part.bytes().all(|byte| byte.is_ascii_digit())
            && if first {
                (1..=3).contains(&part.len())
            } else {
                part.len() == 3
            }
    };
    let sound = if grouped {
        units
            .split(',')
            .enumerate()
            .all(|(at, part)| fits(part, at == 0))
    } else {
        !units.is_empty() && units.bytes().all(|byte| byte.is_ascii_digit())
    };
    let fraction_sound = fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !sound || !fraction_sound || units.len() > NUMBER_DIGITS_MAX {
        return None;
    }
    let number: i64 = units.replace(',', "").parse().ok()?;
    let below = i64::from(sign < 0 && fraction.bytes().any(|byte| byte != b'0'));
    Some(sign * number - below)
}

/// Whether a text is one of the classes above, or a date: what may stand in a mark.
pub(super) fn is_class(body: &str) -> bool {
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    if body.len() > MARKED_BYTES_MAX || digits > MARKED_DIGITS_MAX {
        return false;
    }
    let is_network = body.contains('/') && network(body).is_some_and(|network| network == body);
    let is_prefix = body.ends_with(REST) && prefix(body, 8).is_some();
    let is_band = || {
        ends(body).is_some_and(|(low, high)| {
            let width = high - low + 1;
            width > 1 && low.rem_euclid(width) == 0
        })
    };
    let is_date = Written::read(body).is_some() && !body.contains(':');
    is_network || is_prefix || is_year(body) || is_month(body) || is_date || is_band()
}
