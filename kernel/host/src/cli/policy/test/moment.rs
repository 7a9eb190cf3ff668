//! Moments as cases write them: `2026-11-25T09:30:00Z`, with an offset always.
//! Knows nothing of clocks.

use aegis_core::now::Now;

/// When a case that says nothing of it is decided: a Wednesday at noon, UTC.
pub(super) const USUAL: Now = Now {
    unix_ms: 1_795_608_000_000, // 2026-11-25T12:00:00Z
};

/// The form, in words.
pub(super) const FORM: &str =
    "a moment such as `2026-11-25T09:30:00Z` or `2026-11-25T09:30:00+01:00`";

/// Reads a moment; `None` where a date, a time or an offset is missing.
pub(super) fn parse(text: &str) -> Option<Now> {
    let at: toml::value::Datetime = text.trim().parse().ok()?;
    let (date, time) = (at.date?, at.time?);
    let ahead = match at.offset? {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i64::from(minutes),
    };
    // Days since 1970-01-01 of the proleptic Gregorian calendar, years beginning in March.
    let early = date.month <= 2;
    let year = i64::from(date.year).saturating_sub(i64::from(early));
    let month = i64::from(date.month).saturating_add(9) % 12;
    let leaps = (year / 4)
        .saturating_sub(year / 100)
        .saturating_add(year / 400);
    let days = 365_i64.saturating_mul(year).saturating_add(leaps);
    let in_year = (153_i64.saturating_mul(month).saturating_add(2)) / 5;
    let days = days
        .saturating_add(in_year)
        .saturating_add(i64::from(date.day));
    let days = days.saturating_sub(719_469);
    let minutes = i64::from(time.hour)
        .saturating_mul(60)
        .saturating_add(i64::from(time.minute));
    let minutes = days
        .saturating_mul(24 * 60)
        .saturating_add(minutes)
        .saturating_sub(ahead);
    let seconds = minutes
        .saturating_mul(60)
        .saturating_add(i64::from(time.second.unwrap_or(0)));
    Some(Now {
        unix_ms: seconds.saturating_mul(1_000),
    })
}
