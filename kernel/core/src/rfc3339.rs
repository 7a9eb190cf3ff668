//! RFC 3339 dates and date-times as moments.
//! Knows nothing of the present.

const DAY_MS: i64 = 86_400_000;

/// Milliseconds since 1970 UTC of `YYYY-MM-DD` (its first moment, UTC) or of an RFC 3339 date-time,
/// whose offset must stand: a local time without one is no moment.
#[must_use]
pub fn unix_ms(text: &str) -> Option<i64> {
    let (date, time) = match text.split_at_checked(10)? {
        (date, "") => return days(date)?.checked_mul(DAY_MS),
        // RFC 3339 §5.6: "T" may be lower case, and a space may stand in its place.
        (date, rest) => (date, rest.strip_prefix(['T', 't', ' '])?),
    };
    let (clock, offset_ms) = match time.strip_suffix(['Z', 'z']) {
        Some(clock) => (clock, 0),
        None => {
            let (clock, offset) = time.split_at_checked(time.len().checked_sub(6)?)?;
            (clock, offset_ms(offset)?)
        }
    };
    days(date)?
        .checked_mul(DAY_MS)?
        .checked_add(clock_ms(clock)?)?
        .checked_sub(offset_ms)
}

/// `HH:MM:SS` with an optional fraction; a leap second counts as the last second.
fn clock_ms(text: &str) -> Option<i64> {
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(w, f)| (w, Some(f)));
    let mut parts = whole.split(':');
    let mut part = |max: i64| number(parts.next()?, 2).filter(|n| *n <= max);
    let (hour, minute, second) = (part(23)?, part(59)?, part(60)?.min(59));
    if parts.next().is_some() {
        return None;
    }
    let ms = match fraction {
        None => 0,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            let padded: String = digits.chars().chain("00".chars()).take(3).collect();
            number(&padded, 3)?
        }
        Some(_) => return None,
    };
    Some(((hour * 60 + minute) * 60 + second) * 1_000 + ms)
}

/// `+HH:MM` or `-HH:MM`.
fn offset_ms(text: &str) -> Option<i64> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hour, minute) = rest.split_once(':')?;
    let hour = number(hour, 2).filter(|n| *n <= 23)?;
    let minute = number(minute, 2).filter(|n| *n <= 59)?;
    Some(sign * (hour * 60 + minute) * 60_000)
}

/// Days since 1970-01-01 of `YYYY-MM-DD`, proleptic Gregorian.
fn days(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2).filter(|m| (1..=12).contains(m))?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let day = number(parts.next()?, 2).filter(|d| (1..=length).contains(d))?;
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Exactly so many ASCII digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}
